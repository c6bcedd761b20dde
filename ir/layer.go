package ir

import (
	"math"
	"math/big"
)

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
