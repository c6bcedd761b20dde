package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
)

// plan is the shape of the datapath to generate, no larger than it must be.
type plan struct {
	name   string
	source ir.Source
	doc    []string
	to     purpose

	input, output datapath.Type
	window        *window       // nil: segments are of the input itself
	seen          datapath.Type // what segments are of
	grid          *grid         // nil: segments have thresholds
	rows          int           // that segments of a grid share; 0: they have terms, if any
	row           datapath.Type // of the numbers in rows
	channels      int           // configurations, at least 1
	channelPort   string        // "" where there is nothing to choose
	style         ir.Style
	bare          bool // pipelined without a handshake
	load          ir.Load
	shifter       ir.Shifter
	search        ir.Search // of selectNumber

	segments, terms, guard int
	shifts                 []int // the exponents that occur, ascending
	thresholds             datapath.Type
	bias, sum, result      datapath.Type // sum and bias have guard fractional bits; sums wrap
	limits                 datapath.Type
	confined               bool // sums are narrower than some configuration of the shape could need
	low, high              bool // which sides of the clamp can matter
	selection              selection
	decoded                bool // slopes are stored as what the taps need, not packed
	subtracts              bool // some term can be subtracted
	capture                bool // terms are captured and added at the end, not where they pass

	counter bool // thresholds are counted: each is one less than the input that reaches it
	either  bool // up or down: the top bit of the first value, which is stored more by one then, says down

	held  []config // one for each channel; nil: written through a port
	kept  []store  // see stores
	words []field  // see fields
}

// selection is how the segment of an input comes to determine its output.
type selection uint8

const (
	selectWay    selection = iota // a balanced tree of multiplexers chooses bias and slope, a bit for each level
	selectTree                    // the same, each multiplexer with the comparator of its own
	selectChain                   // a chain of them does, which vector units like better
	selectNumber                  // a search numbers it, and memories are read at that number
	selectLast                    // every segment is computed, then a chain chooses the sum
	selectCount                   // every segment adds (or subtracts) one: count the thresholds passed
	selectSteps                   // the same, one after another
)

// counts says that the number of thresholds passed is all that matters.
func (p *plan) counts() bool {
	return p.counter || p.selection == selectCount || p.selection == selectSteps || p.selection == selectNumber && p.countable()
}

// config is one configuration: what is written for one channel.
type config struct {
	thresholds []int64
	biases     []int64
	slopes     []slope
	min, max   int64
	ranks      []int64 // see plan.ranks
	prescale   int     // of the window
	rows       [][]int64
	row        []int // of each segment
}

// fitWords refuses words that are too wide.
func (p *plan) fitWords(what string, at ir.Source) error {
	width := p.slopeWidth()
	if p.grid != nil {
		width = p.lineWidth()
		if p.load == ir.LoadData {
			width = p.loadWidth()
		}
	}
	if width > 63 {
		return tooWide(what, width, at)
	}
	return nil
}

func tooWide(what string, width int, at ir.Source) error {
	return &ir.Problem{
		Code:    "datapath-width",
		Message: fmt.Sprintf("%s needs words of %d bits; at most 63 are possible", what, width),
		At:      at,
		Help:    "take a narrower input, fewer guard bits, fewer terms, or a larger smallest shift",
	}
}

func portIf(yes bool, name string) string {
	if yes {
		return name
	}
	return ""
}
