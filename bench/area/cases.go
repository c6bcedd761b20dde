package main

import (
	"fmt"
	"math/bits"
	"strings"

	"grauc/ir"
)

// design is a program with one piece of hardware to measure.
type design struct {
	name     string
	width    int // of the input
	bits     int // of the output
	channels int
	source   string
	goal     string // what the area should be at most, in words, or ""
}

// form is a way to build a unit or a layer: options in the language.
type form struct {
	name    string
	options string
	least   int // narrowest output it is measured for
	most    int // widest; 0: all
}

// isFor reports whether the form is measured for so many output bits.
func (f *form) isFor(bits int) bool { return bits >= f.least && (f.most == 0 || bits <= f.most) }

// unitForms are the reconfigurable ones.
var unitForms = []form{
	{"8 segments, 1 term, chain of 8 shifts", "segments = 8  slopes = pot(shifts = 0..7)  guard = 0", 2, 0},
	{"8 segments, 1 term, barrel of 16 shifts", "segments = 8  slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel", 2, 0},
	{"same, search = binary", "segments = 8  slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = binary", 2, 0},
	{"same, search = cascade", "segments = 8  slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = cascade", 2, 0},
	{"8 segments, 2 terms, guard 2, barrel", "segments = 8  slopes = apot(terms = 2, shifts = 0..15)  guard = 2  shifter = barrel", 4, 0},
	{"same, search = cascade", "segments = 8  slopes = apot(terms = 2, shifts = 0..15)  guard = 2  shifter = barrel  search = cascade", 4, 0},
	{"thresholds", "implement = thresholds", 1, 4},
	{"thresholds, search = binary", "implement = thresholds  search = binary", 1, 0},
	{"64 uniform segments of a window", tiny, 8, 0},
	{"table of 64 segments and 8 rows", rows, 8, 0},
	{"table of 1024 words", words, 8, 0},
}

// tiny is the smallest unit for 8 output bits: see examples/tiny.grau.
const tiny = "breaks = uniform  segments = 64  window = 10  slopes = pot(shifts = 1..3, signs = plus)  guard = 1  " +
	"overflow = wrap  load = data  handshake = none"

// rows and words are tables, of segments that share rows and direct: see
// examples/table.grau.
const (
	rows  = "implement = table  window = 10  segments = 64  rows = 8  load = data  handshake = none"
	words = "implement = table  window = 10  handshake = none"
)

// layerForms are those of a fixed function; the last is what the compiler chooses.
var layerForms = []form{
	{"pwl", "implement = pwl", 1, 0},
	{"pwl, search = binary", "implement = pwl  search = binary", 1, 0},
	{"pwl, search = cascade", "implement = pwl  search = cascade", 1, 0},
	{"thresholds", "implement = thresholds", 1, 0},
	{"thresholds, search = binary", "implement = thresholds  search = binary", 1, 0},
	{"thresholds, search = cascade", "implement = thresholds  search = cascade", 1, bits.Len(ir.MaxCascade - 1)},
	{"auto", "", 1, 0},
}

// unit is a reconfigurable unit on which no layer runs.
func (f form) unit(width, bits, channels int) design {
	return design{
		name: "unit: " + f.name, width: width, bits: bits, channels: channels,
		source: fmt.Sprintf("unit edge {\n    input = int%d  output = int%d  channels = %d\n    %s\n}\n", width, bits, channels, f.options),
	}
}

// layer is a sigmoid of inputs from -8 to 8 to all codes of the output. The functions of
// channels differ.
func (f form) layer(width, bits, channels int) design {
	head, argument := "one", "x"
	if channels > 1 {
		head, argument = fmt.Sprintf("one[%d]", channels), fmt.Sprintf("x * (1 - c / %d)", 4*channels)
	}
	return design{
		name: "sigmoid: " + f.name, width: width, bits: bits, channels: channels,
		source: fmt.Sprintf("layer %s : int%d scale 2^-%d -> uint%d scale 1/%d = sigmoid(%s) { %s }\n",
			head, width, width-4, bits, 1<<bits-1, argument, f.options),
	}
}

// goals are the cases of which it is said what they should reach. On xc7 that is look-up
// tables, at most.
var goals = []design{
	goal("smallest, maximum error 1 on silu, gelu, mish, softplus, elu, no handshake: at most 26", tiny),
	goal("the same with sigmoid (tanh is off by 5): at most 34",
		strings.NewReplacer("= 64", "= 128", "1..3", "0..2").Replace(tiny)),
	goal("the same with tanh, at any output scale, by a table: at most 34",
		strings.NewReplacer("= 10", "= 11", "= 64", "= 128", "rows = 8", "rows = 8  row_bits = 4").Replace(rows)),
	goal("the same where tanh may be off by 2 at one of 16 output scales, by a table: at most 34", strings.Replace(rows, "= 64", "= 128", 1)),
	goal("the same where tanh may be off by 2, by a table: at most 34", rows),
	goal("the same where sigmoid may be off by 2 and tanh by 8, by a table: at most 26",
		strings.NewReplacer("= 10", "= 9", "rows = 8", "rows = 4").Replace(rows)),
	goal("the same with tanh, by a direct table of 2048 words", strings.Replace(words, "= 10", "= 11", 1)),
	goal("the same with 16 run-time shifts, saturation and handshake: at most 64",
		strings.NewReplacer("window = 10", "window = 10  prescale = 0..15", "handshake = none", "").Replace(tiny)),
	goal("64 channels, maximum error 1: at most 20 and 3 RAMB18", "channels = 64  "+strings.Replace(tiny, "load = data", "", 1)),
	goal("8 free segments, one term, clamp, 24-bit thresholds: at most 130",
		"segments = 8  slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = cascade  headroom = 2"),
	goal("same, two terms, 2 guard bits: at most 170",
		"segments = 8  slopes = apot(terms = 2, shifts = 0..15)  guard = 2  shifter = barrel  search = cascade  headroom = 2"),
	goal("chain of 1-bit shifters, 8 segments, 8 exponents: at most 270",
		"segments = 8  slopes = pot(shifts = 0..7)  guard = 0  search = cascade  headroom = 2"),
	{
		goal: "fixed SiLU, maximum error 1: at most 25", name: "silu: uniform segments", width: 24, bits: 8, channels: 1,
		source: "layer one : int24 scale 2^-20 -> uint8 scale 8.3/255 zero 9 = silu(x) { max_error = 1  " +
			strings.Replace(tiny, "load = data", "", 1) + " }\n",
	},
	{
		goal: "the same by a table: at most 25", name: "silu: table", width: 24, bits: 8, channels: 1,
		source: "layer one : int24 scale 2^-20 -> uint8 scale 8.3/255 zero 9 = silu(x) { max_error = 1  " +
			strings.Replace(rows, "load = data", "", 1) + " }\n",
	},
	{
		goal: "the same with a handshake, as `auto` builds it", name: "silu: auto, max_error = 1", width: 24, bits: 8, channels: 1,
		source: "layer one : int24 scale 2^-20 -> int8 scale 1/16 = silu(x) { max_error = 1 }\n",
	},
}

func goal(text, options string) design {
	name, _, _ := strings.Cut(text, ":")
	return design{
		goal: text, name: name, width: 24, bits: 8, channels: 1,
		source: fmt.Sprintf("unit edge {\n    input = int24  output = int8\n    %s\n}\n", options),
	}
}

// grid is all forms for some widths, output bits and numbers of channels.
func grid(widths, outputs, channels []int) []design {
	var all []design
	for _, c := range channels {
		for _, w := range widths {
			for _, n := range outputs {
				for _, f := range unitForms {
					if f.isFor(n) {
						all = append(all, renamed(f, all).unit(w, n, c))
					}
				}
				for _, f := range layerForms {
					if f.isFor(n) {
						all = append(all, f.layer(w, n, c))
					}
				}
			}
		}
	}
	return all
}

// renamed says what "same" means.
func renamed(f form, before []design) form {
	if rest, same := strings.CutPrefix(f.name, "same"); same {
		name := strings.TrimPrefix(before[len(before)-1].name, "unit: ")
		if i := strings.Index(name, ", search"); i >= 0 {
			name = name[:i]
		}
		f.name = name + rest
	}
	return f
}
