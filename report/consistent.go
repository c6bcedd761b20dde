package report

import (
	"fmt"
	"math/big"

	"grauc/ir"
	"grauc/ir/pwl"
)

// Consistent tells what a layer's fields say that its certificates or the layer of the
// program do not. Why, which is prose, and advice, which claims nothing of the layer,
// are left to themselves.
func (r *Layer) Consistent(l *ir.Layer) error {
	total := pwl.Error{Squares: new(big.Int)}
	for i := range r.Channels {
		c := &r.Channels[i]
		s, _ := new(big.Int).SetString(c.Certificate.Squares, 10)
		if err := c.consistent(s, l.Output.Scale); err != nil {
			return fmt.Errorf("channel %d: %w", i, err)
		}
		total.Squares.Add(total.Squares, s)
		total.Inputs += c.Certificate.Inputs
		total.Exact += c.Certificate.Hits
		total.Max = max(total.Max, c.Certificate.Max)
	}
	return firstError(
		r.consistentWeakness(l),
		r.consistentWeighted(),
		same("unit", orNone(r.Unit), l.Unit),
		same("weight", orNone(r.Weight), orNone(weight(&l.Options))),
		same("function", r.Function, l.Function),
		same("input", r.Input, l.Input.String()),
		same("output", r.Output, l.Output.String()),
		same("implement", r.Implement, r.implemented(l)),
		r.Quality.consistent(r.Real, total, l.Output.Scale),
	)
}

// implemented is how a layer is built: as it asks, or in the way its certificate is of,
// which for exact ones may be a table.
func (r *Layer) implemented(l *ir.Layer) string {
	c := r.Channels[0].Certificate
	switch {
	case c.Shape != nil && c.Shape.Terms == 0:
		return ir.Table.String()
	case c.Shape != nil:
		return ir.PWL.String()
	case l.Options.Implement != ir.Auto:
		return l.Options.Implement.String()
	case r.Implement == ir.Table.String() && l.Input.Width <= ir.MaxTableWidth:
		return r.Implement
	}
	return ir.Thresholds.String()
}

// consistent holds errors against those that certificates state.
func (q Quality) consistent(in Real, e pwl.Error, scale *big.Rat) error {
	is, real := quality(e), inReal(e, scale)
	return firstError(
		same("max_error", q.MaxError, is.MaxError),
		same("rmse", q.RMSE, is.RMSE),
		same("exact", q.Exact, is.Exact),
		same("max_error_real", in.RealMax, real.RealMax),
		same("rmse_real", in.RealRMSE, real.RealRMSE),
	)
}

func (c *Channel) consistent(squares *big.Int, scale *big.Rat) error {
	segments := len(c.Certificate.Pieces)
	if c.Certificate.Shape == nil {
		segments = c.Certificate.Runs
	}
	return firstError(
		same("segments", c.Segments, segments),
		same("worst_input", c.WorstInput, c.Certificate.At),
		same("proven_rmse", c.Proven.orNothing(), proven(c.Certificate).orNothing()),
		c.Quality.consistent(c.Real, pwl.Error{Max: c.Certificate.Max, Squares: squares, Inputs: c.Certificate.Inputs, Exact: c.Certificate.Hits}, scale),
	)
}

// consistentWeighted holds weighted errors against the certificates.
func (r *Layer) consistentWeighted() error {
	again := Layer{Weight: r.Weight}
	for i := range r.Channels {
		again.Channels = append(again.Channels, Channel{Certificate: r.Channels[i].Certificate})
	}
	again.weigh()
	for i := range r.Channels {
		if err := same("weighted_rmse", orNothing(r.Channels[i].Weighted), orNothing(again.Channels[i].Weighted)); err != nil {
			return fmt.Errorf("channel %d: %w", i, err)
		}
	}
	return same("weighted_rmse", orNothing(r.Weighted), orNothing(again.Weighted))
}

func (p *Proven) orNothing() Proven {
	if p == nil {
		return Proven{-1, -1}
	}
	return *p
}

// orNothing is a number, or one that no error is where there is none.
func orNothing(v *float64) float64 {
	if v == nil {
		return -1
	}
	return *v
}

// consistentWeakness holds what is said of a weakness against the errors.
func (r *Layer) consistentWeakness(l *ir.Layer) error {
	of, limit, worst, beyond := OfMaxError, float64(l.Tolerable()), 0, 0
	if l.Options.Fit == ir.RMSE {
		of, limit = OfRMSE, l.TolerableMean()
	}
	for i := range r.Channels {
		e := r.Channels[i].judged(of)
		if e > r.Channels[worst].judged(of) {
			worst = i
		}
		if e > limit {
			beyond++
		}
	}
	if err := same("weakness", r.Weakness != nil, beyond > 0); err != nil || r.Weakness == nil {
		return err
	}
	return firstError(
		same("weakness.of", r.Weakness.Of, of),
		same("weakness.limit", r.Weakness.Limit, limit),
		same("weakness.channel", r.Weakness.Channel, worst),
		same("weakness.channels", r.Weakness.Channels, beyond),
	)
}

// judged is the error that a channel is judged by.
func (c *Channel) judged(of string) float64 {
	switch m := c.Certificate.Mean; {
	case of == OfMaxError:
		return float64(c.MaxError)
	case m == nil:
		return 0
	default:
		return (&pwl.Squares{Sum: m.Sum, Weight: m.Weight}).RootMean()
	}
}

// orNone is a name, or "" where there is none.
func orNone(name *string) string {
	if name == nil {
		return ""
	}
	return *name
}

func same[T comparable](field string, says, is T) error {
	if says == is {
		return nil
	}
	return fmt.Errorf("field %s: says %v, is %v", field, says, is)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
