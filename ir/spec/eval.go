package spec

import (
	"errors"
	"fmt"

	"grauc/ir"
	"grauc/ir/real"
)

// Quantizer decides the golden codes of one channel of a layer.
func (m *Module) Quantizer(l *Layer, channel int) (*real.Quantizer, error) {
	t, err := m.Tape(l, channel)
	if err != nil {
		return nil, err
	}
	return real.NewQuantizer(t, l.Input, l.Output), nil
}

// Eval is the golden output code for an input code.
func (m *Module) Eval(l *Layer, channel int, x int64) (int64, error) {
	q, err := m.Quantizer(l, channel)
	if err != nil {
		return 0, err
	}
	y, err := q.Code(x)
	return y, l.Fault(channel, x, err)
}

// Fault says what an error of the layer's function at an input code means to its
// author. Other errors pass unchanged.
func (l *Layer) Fault(channel int, x int64, err error) error {
	where := fmt.Sprintf("layer %q%s at input code %d, which stands for %s",
		l.Name, l.channelSuffix(channel), x, real.Decimal(l.Input.Real(x)))
	var undefined *real.Undefined
	if errors.As(err, &undefined) {
		return &ir.Problem{
			Code:    "undefined",
			Message: fmt.Sprintf("%v in %s", err, where),
			At:      l.Layer.Body,
			Help:    "keep inputs to where the function is defined with { range = a..b }, or choose another value there with if",
		}
	}
	var undecided *real.Undecided
	if errors.As(err, &undecided) {
		return &ir.Problem{
			Code:    "undecided",
			Message: fmt.Sprintf("%v of %s", err, where),
			At:      l.Layer.Body,
			Notes: []ir.Note{{Message: "the value is on, or within 2^-4000 or so of, a border between two outputs or a border of a condition; " +
				"algebra may know which, arithmetic does not", At: l.Layer.Body}},
			Help: "write the function without steps that cancel, such as exp(log(x) * 2) for x ^ 2",
		}
	}
	return err
}
