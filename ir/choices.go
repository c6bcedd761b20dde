package ir

// What a program chooses from. Each kind of choice lists its names, in the order of its
// constants, as the language and the texts of the levels write them.

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

func parseName[T ~uint8](names []string, name string) (T, bool) {
	for i, n := range names {
		if n == name {
			return T(i), true
		}
	}
	return 0, false
}
