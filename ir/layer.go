package ir

import (
	"math"
	"math/big"
	"math/bits"
)

// Level is one of the four levels of the compiler.
type Level uint8

const (
	LevelSpec Level = iota
	LevelSteps
	LevelPWL
	LevelDatapath
)

var levelNames = []string{"spec", "steps", "pwl", "datapath"}

// Levels lists the names of the levels from the highest down.
func Levels() []string { return append([]string(nil), levelNames...) }

func (l Level) String() string { return levelNames[l] }

// ParseLevel is the inverse of String.
func ParseLevel(name string) (Level, bool) { return parseName[Level](levelNames, name) }

// Source is a place in a .grau file. Line and Column count from 1, columns in
// bytes; Length is the number of bytes meant, on that line. The zero Source is
// "nowhere".
type Source struct {
	File   string
	Line   int
	Column int
	Length int
}

// File is a file that took part in a compilation.
type File struct {
	Path   string // as the user named it, or relative to the file that uses it
	SHA256 string // lower-case hexadecimal
}

// Style is how a datapath is laid out in time.
type Style uint8

const (
	Pipelined Style = iota // a result every clock
	Serial                 // smallest, several clocks a result
	Parallel               // combinational
)

var styleNames = []string{"pipelined", "serial", "parallel"}

// Styles lists the names of all styles.
func Styles() []string { return append([]string(nil), styleNames...) }

func (s Style) String() string { return styleNames[s] }

// ParseStyle is the inverse of String.
func ParseStyle(name string) (Style, bool) { return parseName[Style](styleNames, name) }

// Shifter is how a datapath shifts its input for the terms of a slope.
type Shifter uint8

const (
	Chain  Shifter = iota // by one more place at every stage, and each term takes its stage
	Barrel                // each term by its own amount, in stages of multiplexers of four
)

var shifterNames = []string{"chain", "barrel"}

// Shifters lists the names of all shifters.
func Shifters() []string { return append([]string(nil), shifterNames...) }

func (s Shifter) String() string { return shifterNames[s] }

// ParseShifter is the inverse of String.
func ParseShifter(name string) (Shifter, bool) { return parseName[Shifter](shifterNames, name) }

// Breaks is where segments begin.
type Breaks uint8

const (
	Free    Breaks = iota // anywhere: each has a threshold
	Uniform               // at equal distances: the top bits of the input, or of its window, number the segment
)

var breaksNames = []string{"free", "uniform"}

// BreaksNames lists the names of all kinds of breaks.
func BreaksNames() []string { return append([]string(nil), breaksNames...) }

func (b Breaks) String() string { return breaksNames[b] }

// ParseBreaks is the inverse of String.
func ParseBreaks(name string) (Breaks, bool) { return parseName[Breaks](breaksNames, name) }

// Search is how hardware finds the segment of an input among free breaks.
type Search uint8

const (
	Comparators Search = iota // a comparator for each threshold
	Binary                    // one for each level of a binary search over stored thresholds
	Cascade                   // none: tables rank the input among the thresholds, a few bits at a time
)

var searchNames = []string{"parallel", "binary", "cascade"}

// Searches lists the names of all searches.
func Searches() []string { return append([]string(nil), searchNames...) }

func (s Search) String() string { return searchNames[s] }

// ParseSearch is the inverse of String.
func ParseSearch(name string) (Search, bool) { return parseName[Search](searchNames, name) }

// Overflow is what becomes of a value outside the output's codes.
type Overflow uint8

const (
	Saturate Overflow = iota // it is held to the nearest code
	Wrap                     // only its low bits are kept: fits see to it that none occurs
)

var overflowNames = []string{"saturate", "wrap"}

// Overflows lists the names of all kinds of overflow.
func Overflows() []string { return append([]string(nil), overflowNames...) }

func (o Overflow) String() string { return overflowNames[o] }

// ParseOverflow is the inverse of String.
func ParseOverflow(name string) (Overflow, bool) { return parseName[Overflow](overflowNames, name) }

// Signs is which signs the terms of a slope may have.
type Signs uint8

const (
	BothSigns Signs = iota
	PlusOnly        // no term is subtracted: slopes do not fall, and hardware needs no complements
)

var signsNames = []string{"both", "plus"}

// SignsNames lists the names of all choices of signs.
func SignsNames() []string { return append([]string(nil), signsNames...) }

func (s Signs) String() string { return signsNames[s] }

// ParseSigns is the inverse of String.
func ParseSigns(name string) (Signs, bool) { return parseName[Signs](signsNames, name) }

// Part is the family of FPGAs for which the compiler chooses what is smallest.
type Part uint8

const (
	XC7   Part = iota // AMD 7 series: look-up tables of 6 inputs, also as memory, and RAMB18
	ICE40             // Lattice iCE40: look-up tables of 4 inputs, and EBR
)

var partNames = []string{"xc7", "ice40"}

// Parts lists the names of all parts.
func Parts() []string { return append([]string(nil), partNames...) }

func (p Part) String() string { return partNames[p] }

// ParsePart is the inverse of String.
func ParsePart(name string) (Part, bool) { return parseName[Part](partNames, name) }

// Handshake is how the hardware of a pipelined style takes inputs and gives results.
type Handshake uint8

const (
	ReadyValid  Handshake = iota // valid and ready on both sides
	NoHandshake                  // an input and a result every clock, Latency apart
)

var handshakeNames = []string{"ready", "none"}

// Handshakes lists the names of all handshakes.
func Handshakes() []string { return append([]string(nil), handshakeNames...) }

func (h Handshake) String() string { return handshakeNames[h] }

// ParseHandshake is the inverse of String.
func ParseHandshake(name string) (Handshake, bool) { return parseName[Handshake](handshakeNames, name) }

// Load is how a unit takes the words of its configuration.
type Load uint8

const (
	LoadPort Load = iota // through a port with addresses of its own
	LoadData             // at the segment that the input offered along with a word selects: the unit must be idle
)

var loadNames = []string{"port", "data"}

// Loads lists the names of all loads.
func Loads() []string { return append([]string(nil), loadNames...) }

func (l Load) String() string { return loadNames[l] }

// ParseLoad is the inverse of String.
func ParseLoad(name string) (Load, bool) { return parseName[Load](loadNames, name) }

// Monotonic is which way the functions of a unit of thresholds go.
type Monotonic uint8

const (
	Rising Monotonic = iota // none falls: the unit counts up
	Either                  // each rises or falls throughout: a configuration says which way to count
)

var monotonicNames = []string{"rising", "either"}

// Monotonics lists the names of all of them.
func Monotonics() []string { return append([]string(nil), monotonicNames...) }

func (m Monotonic) String() string { return monotonicNames[m] }

// ParseMonotonic is the inverse of String.
func ParseMonotonic(name string) (Monotonic, bool) { return parseName[Monotonic](monotonicNames, name) }

// Window is what a datapath looks at in place of its input x: w(x) = clamp(x >> r),
// the nearest code of Bits bits, signed as the input is, where r is one of
// MinShift..MaxShift, chosen by the configuration. Bits = 0: there is no window, w(x) = x.
type Window struct {
	Bits               int
	MinShift, MaxShift int
}

// Codes are the values of w.
func (w Window) Codes(input Integer) Integer {
	if w.Bits == 0 {
		return input
	}
	return Integer{Width: w.Bits, Signed: input.Signed}
}

// Limits of a shape, and of the configurations held at once: beyond them no error
// gets smaller, and sizes that nobody means would have to be served.
const (
	MaxSegments = 128
	MaxTerms    = 3
	MaxGuard    = 8
	MinShift    = -16
	MaxShift    = 63
	MaxChannels = 1 << 16
	MaxCounted  = 8 // output bits of a unit of thresholds
	MaxPrescale = 31

	MaxHeadroom = 32

	MaxTableWidth = 16 // bits of what a table is of
	MaxRows       = 64 // that the segments of a table share
	MaxRowsWidth  = 13 // bits of what a table with rows is of
	MaxRowLow     = 8  // bits that number what is in a row

	MaxCascade = 16 // segments that a cascade finds: with more of them its tables outgrow comparators
)

// Shape is what a piecewise linear datapath can hold: at most Segments segments,
// each with a slope that is a sum of at most Terms terms +-2^-e, e in
// MinShift..MaxShift (negative e shifts left), and biases with Guard fractional
// bits. Terms = 1 is the paper's PoT, more are its APoT. The rest says how it is
// built, and what it looks at.
//
// Uniform segments of no terms are a table, of up to 2^MaxTableWidth words. It is direct
// where there are no Rows: then each word is an output. With Rows it is decomposed: the
// word of a segment is a bias and one of Rows rows of numbers of RowBits bits, without a
// sign, which the low bits of the window choose among and which is added.
type Shape struct {
	Segments int
	Terms    int
	MinShift int
	MaxShift int
	Guard    int
	Rows     int
	RowBits  int
	Style    Style
	Shifter  Shifter
	Breaks   Breaks
	Search   Search
	Window   Window
	Signs    Signs
	Overflow Overflow
	Headroom int // values before saturation fit so many bits more than the output has; 0: any do

	Handshake Handshake
	Load      Load // of a unit
}

// UniformShape is a shape in the place of s, without thresholds and comparators: uniform
// segments of a window, with one term and one guard bit, since more of either is larger
// than more segments.
func (s *Shape) UniformShape(in, out Integer, w Window, segments int, o Overflow) Shape {
	u := Shape{
		Segments: segments, Terms: 1, Guard: 1, MinShift: -out.Width, Breaks: Uniform, Window: w, Overflow: o,
		Style: s.Style, Shifter: s.Shifter, Handshake: s.Handshake,
	}
	u.MaxShift = u.LowBits(in) + u.Guard
	return u
}

// TableShape is a shape in the place of s that is a table of a window: direct, or of
// segments that share rows, of numbers that allow two codes for each of the window.
func (s *Shape) TableShape(in, out Integer, w Window, segments, rows int) Shape {
	t := Shape{
		Segments: segments, Rows: rows, Breaks: Uniform, Window: w, Overflow: Wrap, Style: s.Style, Handshake: s.Handshake, Load: s.Load,
	}
	if rows > 0 {
		t.RowBits = min(out.Width, t.LowBits(in)+1)
	}
	return t
}

// Tabular reports whether the shape is that of a table.
func (s *Shape) Tabular() bool { return s.Breaks == Uniform && s.Terms == 0 }

// LowBits is how many bits of the window are within a uniform segment.
func (s *Shape) LowBits(input Integer) int {
	return s.Window.Codes(input).Width - bits.Len(uint(s.Segments-1))
}

// Unit is reconfigurable hardware as declared: the widest input, the number of
// result bits, and the shape every configuration must fit into.
type Unit struct {
	Name     string
	Doc      string
	Source   Source
	Input    Integer
	Output   Integer // result bits; signed or unsigned is configuration
	Channels int     // configurations held at once, at least 1

	// Implement is Thresholds where the unit counts those that its input has reached, one
	// for each output code but one; its shape then says no more than style and search. It
	// is Table where its shape is that of one. Auto is segments.
	Implement Implement
	Monotonic Monotonic // of Thresholds
	Shape
}

// Held is the shape of what a configuration holds: where thresholds are counted, as many
// segments as there are outputs, without slopes.
func (u *Unit) Held() Shape {
	s := u.Shape
	if u.Implement == Thresholds {
		s.Segments, s.Terms, s.MinShift, s.MaxShift, s.Guard = 1<<u.Output.Width, 0, 0, 0, 0
	}
	return s
}

// Fit is the objective of a fit.
type Fit uint8

const (
	MinMax Fit = iota // least maximum error
	RMSE              // least root mean square error
)

var fitNames = []string{"minmax", "rmse"}

// Fits lists the names of all objectives.
func Fits() []string { return append([]string(nil), fitNames...) }

func (f Fit) String() string { return fitNames[f] }

// ParseFit is the inverse of String.
func ParseFit(name string) (Fit, bool) { return parseName[Fit](fitNames, name) }

// Implement is the way from steps to hardware.
type Implement uint8

const (
	Auto       Implement = iota // the compiler chooses, and says why
	PWL                         // segments
	Thresholds                  // the classic multi-threshold unit
	Table                       // a look-up table
)

var implementNames = []string{"auto", "pwl", "thresholds", "table"}

// Implements lists the names of all ways.
func Implements() []string { return append([]string(nil), implementNames...) }

func (i Implement) String() string { return implementNames[i] }

// ParseImplement is the inverse of String.
func ParseImplement(name string) (Implement, bool) {
	return parseName[Implement](implementNames, name)
}

// Range is a closed interval of real inputs, Low < High.
type Range struct{ Low, High *big.Rat }

// Options are a layer's wishes. MaxError < 0 means none was stated.
type Options struct {
	MaxError  int64 // largest allowed |y - golden|, in output codes
	Fit       Fit
	Weight    *Weight // nil: every input counts the same
	Range     *Range  // nil: the whole input format
	Implement Implement

	// AnyShape says that Auto may build the layer with another shape than the usual one,
	// since it names no segments, slopes, breaks and the like.
	AnyShape bool
}

// Layer is what every level says of a layer: everything but its function.
type Layer struct {
	Name     string
	Doc      string
	Source   Source // of the name
	Function string // the expression as the user wrote it
	Body     Source // of the expression
	Input    Format
	Output   Format
	Channels int    // 0 for a layer without channels
	Unit     string // "" for a fixed-function layer
	Shape    Shape  // the unit's, or the layer's own
	Options  Options
}

// Tolerable is the largest maximum error, in output codes, with which the layer is not
// called inaccurate: one code, and for outputs of more than 8 bits one part in 256 of
// the codes. A layer that states a maximum error is as accurate as it is meant to be,
// and one that asks for least squares is judged by its TolerableMean.
func (l *Layer) Tolerable() int64 {
	if l.Options.MaxError >= 0 || l.Options.Fit != MinMax {
		return math.MaxInt64
	}
	return 1 << max(0, l.Output.Width-8)
}

// TolerableMean is the largest root mean square error, in output codes, with which a layer
// that asks for least squares is not called inaccurate: half of what a maximum error may
// be. Other layers are not judged by it.
func (l *Layer) TolerableMean() float64 {
	if l.Options.MaxError >= 0 || l.Options.Fit != RMSE {
		return math.Inf(1)
	}
	return math.Ldexp(1, max(0, l.Output.Width-8)-1)
}

// ChannelCount is the number of functions the layer holds: 1 without channels.
func (l *Layer) ChannelCount() int { return max(1, l.Channels) }

// Head is what every level's module carries beside its layers.
type Head struct {
	Name  string // the file's base name without .grau
	Part  Part
	Files []File
	Units []*Unit
}

// Unit finds a unit by name, or nil.
func (h *Head) Unit(name string) *Unit {
	for _, u := range h.Units {
		if u.Name == name {
			return u
		}
	}
	return nil
}

// Datapath is the input of the datapath that a layer runs on: the unit's, or its own.
func (h *Head) Datapath(l *Layer) Integer {
	if u := h.Unit(l.Unit); u != nil {
		return u.Input
	}
	return l.Input.Integer
}
