package diag

import "slices"

// Stage is the part of the compiler that a code comes from.
type Stage string

const (
	Language Stage = "language" // reading and checking programs
	Below    Stage = "below"    // the levels and targets under it
)

// Code is an entry of the table of codes. Text explains it in a paragraph.
type Code struct {
	Name  string
	Stage Stage
	Text  string
}

// Codes is the table of codes, by name.
func Codes() []Code { return slices.Clone(codes) }

// Explain finds a code's explanation.
func Explain(name string) (Code, bool) {
	i := slices.IndexFunc(codes, func(c Code) bool { return c.Name == name })
	if i < 0 {
		return Code{}, false
	}
	return codes[i], true
}

var codes = []Code{
	{"accuracy", Below, "The fit of a layer is off by more than one output code, or, where outputs have more than 8 bits, by more than one part in 256 of them. " +
		"Layers that ask for `fit = rmse` are judged by their root mean square error, which may be half as much. " +
		"The help lists up to three changes with what they would do, which is computed; `grauc advise` lists all that are considered. " +
		"Layers that state a `max_error` are not judged."},
	{"argument-count", Language, "A call has more arguments than the function takes, or not as many as a primitive needs. " +
		"Primitives such as `clamp(x, low, high)` take exactly the arguments shown; functions take their first parameter and whatever others are named."},
	{"argument-name", Language, "Only the first argument of a function is given by position. The others are given by name, in any order, " +
		"as in `prelu(x, slope = 0.1)`, so that a call can be read without looking up the function."},
	{"axi-stream", Below, "The target `axi` puts AXI interfaces around hardware with a valid/ready handshake, which units and layers have with `style = pipelined`. " +
		"The file has none: what is combinational can be connected to a stream without help."},
	{"bidi-control", Language, "The text has a character that changes the direction of the text around it. " +
		"What a reader sees then differs from what is compiled, so these characters are refused everywhere, comments and strings included."},
	{"chained-comparison", Language, "Comparisons do not associate: `a < b < c` would compare a truth value with a number. Write `a < b and b < c`."},
	{"channels", Language, "The number of channels of a layer or a unit is an integer constant from 1 to 65536."},
	{"constant", Below, "A layer gives the same output code for every input code, in all of its channels. " +
		"Either its outputs saturate, or its values are too near each other for the output's scale, or `range` leaves no inputs: one of the scales is mostly not what is meant."},
	{"constant-size", Language, "A constant, or a step on the way to it, has more than 4096 bits. Constants are computed exactly, " +
		"so an exponent that is off by a few zeros would take very long; it is refused instead."},
	{"control-character", Language, "The text has a control character such as NUL. Programs are text: only tabs and line ends are allowed beside what can be seen."},
	{"data-index", Language, "The index of a data array has to be an integer inside the array, for every channel of the layer. " +
		"Arrays are counted from 0. An array that is shorter than the layer has channels is the usual cause."},
	{"data-shape", Language, `A data file is one JSON object whose values are arrays of numbers: { "gamma": [1, 2.5], "beta": [0, -1e-3] }. ` +
		"Nothing nests deeper, and names are unique."},
	{"data-size", Language, "The data files of a program have more than 1048576 numbers altogether."},
	{"data-syntax", Language, "A data file is not JSON. JSON has no NaN, no infinities, no comments, and no comma after the last element."},
	{"datapath-width", Below, "The hardware would need words wider than the 63 bits that all levels compute with. " +
		"The width comes from input bits, guard bits, left shifts and the number of terms."},
	{"declaration-size", Language, "A declaration has more than 20000 words, more than 64 parameters, or more than 40000 parts once the defaults of the functions it calls are written out. " +
		"Numbers in such amounts belong in a data file."},
	{"duplicate-argument", Language, "A call gives one parameter two values."},
	{"duplicate-name", Language, "Two declarations of one kind have the same name, in one file or in two that meet through `use`. " +
		"Functions, formats, units, data and layers each have names of their own; only names of the standard library may be used again."},
	{"duplicate-option", Language, "An option, or a modifier of a format, is given twice."},
	{"file-count", Language, "A program reads more than 256 files."},
	{"file-kind", Language, "What a name leads to is a directory, a device or a pipe. Only regular files are read, so that no build waits for ever or acts on a device."},
	{"file-missing", Language, "There is no file of that name. Names in `use`, `data` and `weight` are relative to the file that has them."},
	{"file-name", Language, "`use` takes files whose names end in .grau. Numbers come in with `data`."},
	{"file-outside", Language, "A name in `use`, `data` or `weight` is absolute, climbs out with `..`, or follows a symbolic link out of the directory of the file that has it. " +
		"A program is what its directory holds, so that it can be moved and cannot read what it should not."},
	{"file-size", Language, "A program file is larger than 1 MiB or a data file larger than 16 MiB, or the files of a program are larger than 4 and 64 MiB altogether. Larger ones are refused before they are read."},
	{"file-unreadable", Language, "The system refuses to open or read a file; its reason is in the message."},
	{"fit-budget", Below, "The shape of the datapath cannot keep to `max_error`. The message says what the best fit reaches, and the help what would do."},
	{"fit-rising", Below, "A unit that counts thresholds runs functions that do not fall: each threshold that the input has reached adds one to the output. With `monotonic = either` a configuration may take one away instead, and functions may fall throughout."},
	{"fit-table", Below, "A look-up table is asked for an input so wide that the table would have more than 2^16 entries."},
	{"fit-terms", Below, "Slopes are sums of at most three shifted terms."},
	{"fit-unit", Below, "A reconfigurable unit holds segments, or counts thresholds. A layer that runs on one is implemented in no other way."},
	{"fit-weight", Below, "The weight of a layer is so far from all its inputs that none of them counts. Choose a mean near the inputs, which are real numbers here, or a larger standard deviation."},
	{"function-too-long", Below, "Written out with all its calls, the layer's function has too many operations. Calls with equal arguments count once."},
	{"golden-effort", Below, "The layer's function turns or jumps so often over its inputs that it cannot be described by runs of equal output: " +
		"sin of a large multiple of x, for example. Narrow the input, or leave out the uneven part with `range`."},
	{"guard", Language, "Guard bits are fractional bits of biases and terms, from 0 to 8."},
	{"handshake", Language, "`handshake = ready` is valid and ready on both sides; `handshake = none` takes an input and gives a result at every clock, which only `style = pipelined` does."},
	{"headroom", Language, "Headroom is the bits, from 1 to 32, by which values may exceed a unit's output before they are saturated. Where they wrap there is none."},
	{"invalid-character", Language, "A character has no meaning in the language. Outside of comments and strings programs are written with letters a to z, digits, `_` and the operators."},
	{"ir-syntax", Below, "A text given to `grauc opt` is not a program at any level. ir/README.md describes the texts; `grauc opt` prints them."},
	{"load", Language, "`load = port` writes a unit's configuration to addresses of its own. `load = data`, the cheaper form, offers each word along with an input that selects what it is for; " +
		"it is for pipelined units of uniform segments whose values wrap, the configuration of which is one word for each segment."},
	{"malformed-number", Language, "Numbers are decimal, with an optional fraction and exponent: 12, 0.25, 1e-3. A letter cannot follow at once; other bases, digit separators and suffixes do not exist."},
	{"max-error", Language, "`max_error` is the largest distance from the golden output that is allowed, in output codes: an integer, at least 0."},
	{"missing-argument", Language, "A parameter that has no default gets no argument."},
	{"missing-option", Language, "A unit has to say what input and output it must be able to take, for example `input = int24` and `output = int8`."},
	{"more-errors", Language, "There are more errors than are shown. Mend the first ones; others often follow from them."},
	{"name-size", Language, "A name has more than 128 letters. Files, modules and functions of the output are named after it."},
	{"name-too-long", Below, "A name is so long that the files named after it could not be written."},
	{"narrow", Language, "`narrow` drops the most negative code of a signed type, so that the codes are symmetric. Unsigned types have no negative code, and int1 would keep only one."},
	{"nesting", Language, "An expression nests more than 200 levels deep or has more than 500 operators in a row, or functions call one another more than 1000 levels deep. " +
		"What is too deep in an expression can be given names with `fn`."},
	{"no-channels", Language, "`c` stands for the channel in a layer that has channels, such as `layer conv[64]`. This one has none."},
	{"not-constant", Language, "Scales, zeros, ranges, counts and indices are constants: numbers, those of data files too, with + - * / ^, abs, floor, min, max, clamp, and in an index the channel `c`. " +
		"A default is a constant of the function: it may call functions, but not use parameters."},
	{"not-rational", Language, "This constant has to be rational, since it is computed exactly. `pi`, `e` and broken powers are not; write the fraction or decimal that is meant."},
	{"not-utf8", Language, "The file has bytes that are not UTF-8. Save it as UTF-8; if it is no text at all, it is the wrong file."},
	{"number-size", Language, "A number has more than 1000 digits or an exponent beyond 1000, far outside what any format can use."},
	{"option-on-unit", Language, "The layer runs on a unit, and the unit decides segments, slopes, guard bits and style for all its layers. What one layer may add is in its own braces: max_error, fit, weight, range."},
	{"option-value", Language, "An option's value is not of the kind it takes. The help shows the form."},
	{"output-clash", Below, "Two files of one build have the same base name, so that one's outputs would overwrite the other's. Rename one, or build them into two directories."},
	{"output-failed", Below, "The outputs cannot be written: a full disk, a missing permission, or something else in the place of a file or directory. What was there before is still there."},
	{"prescale", Language, "`prescale` is by how many bits a window shifts the input to the right, from 0 to 31: one number, or a range `a..b` of which every configuration takes one."},
	{"range", Language, "A layer's range goes from a smaller to a larger real number: `range = -4..4`. Outside of it the function has its value at the nearest end."},
	{"recursion", Language, "A function calls itself, directly or through others, or a format is defined by itself. Functions are formulas and are written out in full where they are called."},
	{"reserved-name", Language, "intN and uintN are the integer types. A format cannot have such a name."},
	{"rounding", Language, "A rounding is one of half_even, half_up, half_down, half_away, floor, ceil and zero."},
	{"row-bits", Language, "The numbers in the rows of a table have 1 bit to as many as its output."},
	{"rows", Language, "A table that is not direct has 2 to 64 rows that its segments share, a power of two."},
	{"scale", Language, "A scale is a positive rational: a code stands for scale * (code - zero). Numerator and denominator may have up to 512 bits."},
	{"search", Language, "`search = cascade` ranks the input by tables, whose words number the segments: it finds up to 16 of them."},
	{"search-cascade", Below, "`search = cascade` is asked for among more segments than the tables of a cascade number."},
	{"segments", Language, "A datapath has 1 to 128 segments, and no more than its input, or the window of it, has codes. " +
		"With `breaks = uniform` their number is a power of two from 2 on."},
	{"shifts", Language, "The shifts of a slope are a range `a..b` of integers between -16 and 63, negative ones shifting left. " +
		"A shift by all input and guard bits leaves nothing, so the range ends below their sum. With `breaks = uniform` it ends at the sum of " +
		"the guard bits and those of the input that do not number the segment, because segments begin at multiples of what a shift drops."},
	{"style-serial", Below, "There is no serial form of tables, uniform breaks, `search = cascade` and `shifter = barrel`: use `style = pipelined`, or leave those out."},
	{"syntax", Language, "The text does not have the form of a declaration. The help shows the form, or what is usually meant."},
	{"table", Language, "`implement = table` with a `window` or `rows`, or in a unit, is a table of up to 2^16 codes: direct, with a word for each, or with `rows`, " +
		"a power of two, that `segments` share. `slopes` and what else says how lines are built have no meaning there, and `rows` none elsewhere."},
	{"table-width", Below, "A look-up table is asked for an input of more bits than tables are made for."},
	{"target-failed", Below, "An external target, a program called grauc-gen-NAME on PATH, ended with a failure or did not speak the protocol."},
	{"target-refused", Below, "An external target refuses the design; its reason is in the message."},
	{"terms", Language, "A slope is a sum of 1 to 3 terms, each a power of two with a sign."},
	{"type-mismatch", Language, "A truth value stands where a number is needed, or the other way round, or a range where a number is needed. " +
		"Conditions of `if` and operands of `and`, `or`, `not` are truth values; everything else is a number."},
	{"undecided", Below, "An output code could not be decided even with very high precision: the function's value is on a border between two codes, or so near that arithmetic cannot tell. " +
		"This happens when a function hides an exact value, as exp(log(x)) hides x; write it plainly."},
	{"undefined", Below, "The layer's function is undefined for an input that the format has: a division by zero, the logarithm or root of a negative number. " +
		"Keep inputs away with `range`, or choose another value with `if`."},
	{"unit-channels", Language, "A layer has more channels than its unit holds configurations for."},
	{"unit-input", Language, "A layer's input has codes that its unit's input type cannot hold. An unsigned input needs one bit less than a signed unit has."},
	{"unit-output", Language, "A layer's output has more bits than its unit gives. Narrower outputs are fine: precision is part of the configuration."},
	{"unit-thresholds", Language, "A unit with `implement = thresholds` has a threshold for each output code but one, of up to 8 output bits. Options that say how segments are built have no meaning there, and `monotonic` has one only there."},
	{"unit-unfit", Below, "A layer's configuration does not fit into its unit; the message says which part."},
	{"unit-unused", Language, "No layer runs on a unit. The unit is built all the same, for configurations that come later, " +
		"and tested with a function made up for that. A layer runs on the unit if its declaration ends in `on` and the unit's name."},
	{"unknown-argument", Language, "A call names a parameter that the function does not have, or names an argument of a primitive, which have no names."},
	{"unknown-array", Language, "The data file has no array of that name."},
	{"unknown-data", Language, "Before the dot stands a name that no data declaration has."},
	{"unknown-declaration", Language, "A declaration begins with use, fn, quant, unit, data or layer. Here stands another word."},
	{"unknown-format", Language, "There is no quant of that name, and it is no integer type such as int8 or uint24."},
	{"unknown-function", Language, "No function of that name is declared in the file or in the files it uses, none is in the standard library, and it is no primitive."},
	{"unknown-name", Language, "In an expression a name on its own is a parameter, in a layer `x` for the input and `c` for the channel, or one of the constants `pi` and `e`. This one is none of these."},
	{"unknown-option", Language, "A layer or a unit has no such option."},
	{"unknown-unit", Language, "After `on` stands a name that no unit has."},
	{"unterminated-string", Language, "A string has no closing quotation mark. Strings end on the line they begin on."},
	{"use-cycle", Language, "A file uses itself, directly or through others."},
	{"weight", Language, "`weight` says which inputs matter in a mean. `normal(mean, stddev)`: normally distributed ones, in real units, with a positive standard deviation. " +
		"`\"file.json\"`: those that occurred, as a JSON object says: the ascending input \"codes\" that did and the \"counts\" of each, or ascending \"edges\" and the \"counts\" of the inputs from each to the next. " +
		"Counts are integers. Edges are codes too, not real numbers. What is counted has to be among the inputs of the layer."},
	{"width", Language, "Inputs have 1 to 32 bits, outputs 1 to 16."},
	{"window", Language, "`window` is what a datapath looks at in place of its input: so many top bits, or those of a real range `a..b`, beyond which the input counts as the nearest end. " +
		"`prescale` shifts the input to the right first."},
	{"zero", Language, "The zero of a format is the code, possibly a broken one, that stands for the real number 0. It is a rational of at most 512 bits in numerator and denominator."},
	{"zero-division", Language, "A constant divides by zero."},
}
