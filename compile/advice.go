package compile

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/lang/diag"
	"grauc/passes"
	"grauc/passes/advise"
	"grauc/report"
)

// weaknesses warns of the layers that are inaccurate, and gives them for the report,
// for each program by name.
func (d *Driver) weaknesses(programs []*passes.Program) []map[string]*report.Weakness {
	defer d.stage("advise")()
	all := make([]map[string]*report.Weakness, len(programs))
	for i, p := range programs {
		all[i] = map[string]*report.Weakness{}
		for _, w := range advise.Weaknesses(p.Spec, p.PWL) {
			d.report(d.placed(p.Spec.Name, warning(w)))
			all[i][w.Layer.Name] = reported(w)
		}
	}
	return all
}

func reported(w *advise.Weakness) *report.Weakness {
	r := &report.Weakness{Of: report.OfMaxError, Limit: w.Limit, Channel: w.Channel, Channels: w.Channels, Advice: []report.Advice{}}
	if w.ByMean() {
		r.Of = report.OfRMSE
	}
	for _, a := range w.Advice {
		r.Advice = append(r.Advice, report.Advice{Change: a.Change, MaxError: a.MaxError, RMSE: a.RMSE})
	}
	return r
}

func warning(w *advise.Weakness) diag.Diagnostic {
	l := w.Layer
	subject := fmt.Sprintf("layer %q", l.Name)
	if len(l.Channels) > 1 {
		subject = fmt.Sprintf("channel %d of %s", w.Channel, subject)
	}
	x := diag.NewWarning("accuracy", diag.Span(l.Source), "%s is off by %s, %s in real units", subject, amount(w), real(w.Error, &l.Layer))
	if len(l.Channels) > 1 {
		x = x.WithNote("%d of the %d channels are off by more than %s; this one has the largest error", w.Channels, len(l.Channels), short(w.Limit))
	}
	if len(w.Advice) == 0 {
		return x.WithHelp("`grauc advise` lists what has been considered; `max_error = %d` says that this is meant", l.Channels[w.Channel].Error.Max)
	}
	var helps []string
	for _, a := range w.Advice {
		helps = append(helps, fmt.Sprintf("%s (%s)", a.Change, effect(w, a)))
	}
	return x.WithHelp("what would help most: %s", strings.Join(helps, "; "))
}

// amount is the error of a weakness in words.
func amount(w *advise.Weakness) string {
	codes := fmt.Sprintf("%s of the %d output codes", short(w.Error), w.Layer.Output.Count())
	if w.ByMean() {
		return codes + " in the root mean square"
	}
	return "up to " + codes
}

// effect is what an alternative does to the error.
func effect(w *advise.Weakness, a advise.Alternative) string {
	if w.ByMean() {
		return fmt.Sprintf("RMSE %s -> %s or less", short(w.Error), short(a.RMSE))
	}
	return fmt.Sprintf("maximum error %s -> %d", short(w.Error), a.MaxError)
}

// real is an error of output codes in real units.
func real(e float64, l *ir.Layer) string {
	scale, _ := l.Output.Scale.Float64()
	return short(e * scale)
}

func short(e float64) string { return strconv.FormatFloat(e, 'g', 3, 64) }

// constants warns of layers that give one code for every input, which nobody wants of a
// whole layer: mostly a scale is not what is meant.
func (d *Driver) constants(programs []*passes.Program) {
	for _, p := range programs {
		for _, l := range p.PWL.Layers {
			if slices.ContainsFunc(l.Channels, func(c *pwl.Channel) bool { return len(c.Golden.Runs) > 1 }) {
				continue
			}
			d.report(d.placed(p.Spec.Name, constant(l)))
		}
	}
}

func constant(l *pwl.Layer) diag.Diagnostic {
	y := l.Channels[0].Golden.Runs[0].Value
	extreme := ""
	switch y {
	case l.Output.Max():
		extreme = ", the largest there is"
	case l.Output.Min():
		extreme = ", the smallest there is"
	}
	subject, which := fmt.Sprintf("layer %q", l.Name), fmt.Sprintf("%d, which stands for %s%s", y, realText(l.Output.Real(y)), extreme)
	if len(l.Channels) > 1 {
		subject = "each channel of " + subject
		which = "of the first it is " + which
	}
	return diag.NewWarning("constant", diag.Span(l.Source), "%s gives the same code for every input: %s", subject, which).
		WithNote("its inputs stand for %s to %s, and its output codes for %s to %s", realText(l.Input.Real(l.Input.Min())), realText(l.Input.Real(l.Input.Max())),
			realText(l.Output.Real(l.Output.Min())), realText(l.Output.Real(l.Output.Max()))).
		WithHelp("see whether scales, zeros and `range` are what is meant")
}

func realText(r *big.Rat) string {
	f, _ := r.Float64()
	return short(f)
}

// Advice is what was considered for a layer, and first the layer as it is.
type Advice struct {
	Layer        *pwl.Layer
	Channel      int   // that is farthest off
	MaxError     int64 // that the segments in the list keep to
	Alternatives []advise.Alternative
}

// Advise lists what would make a layer more accurate. It fits the layer as if it stated no
// maximum error. There is no advice on what segments do not implement.
func (d *Driver) Advise(m *spec.Module, layer *spec.Layer) (*Advice, error) {
	free := *layer
	free.Options.MaxError = -1
	p, err := d.Lower(only(m, &free), ir.LevelPWL)
	if err != nil || p.PWL == nil || p.PWL.Layers[0].Channels[0].Function == nil {
		return nil, err
	}
	a := &Advice{Layer: p.PWL.Layers[0], MaxError: layer.Options.MaxError}
	if a.MaxError < 0 && free.Options.Fit == ir.MinMax {
		a.MaxError = a.Layer.Tolerable()
	}
	a.Channel, a.Alternatives = advise.All(m, a.Layer, a.MaxError)
	return a, nil
}
