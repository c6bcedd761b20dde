package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// generateTable is a layer as a look-up table: the bits of x, below those of the
// channel, index its contents.
func generateTable(l *pwl.Layer, to purpose) (*datapath.Module, error) {
	if l.Input.Width > ir.MaxTableWidth {
		return nil, &ir.Problem{
			Code:    "table-width",
			Message: fmt.Sprintf("layer %s asks for a table of 2^%d words; at most 2^%d are possible", l.Name, l.Input.Width, ir.MaxTableWidth),
			At:      l.Source,
			Help:    "add a `window` of the top bits of the input, use implement = thresholds or implement = pwl, or a narrower input",
		}
	}
	p := &plan{
		name: l.Name, source: l.Source, doc: layerDoc(l),
		input: datapath.TypeOf(l.Input.Integer), output: datapath.TypeOf(l.Output.Integer),
		seen:     datapath.TypeOf(l.Input.Integer),
		channels: len(l.Channels), style: l.Shape.Style,
		channelPort: portIf(l.Layer.Channels > 0, "x_channel"),
	}
	if to == software {
		p.style, p.channelPort = ir.Parallel, portIf(l.Layer.Channels > 0, "channel")
	}
	g := begin(p)
	index := g.tableIndex(g.open())
	g.finish(g.Table(p.output, index, tableContents(l)))
	return g.M, nil
}

func (g *generator) tableIndex(x ref) ref {
	index := g.Cast(x, unsigned(g.p.input.Width))
	if g.p.channels == 1 {
		return index
	}
	t := unsigned(g.p.input.Width + addressWidth(g.p.channels))
	return g.Or(g.Shl(t, g.channel, g.p.input.Width), g.Cast(index, t))
}

// tableContents is the output for every pattern of bits; one that is not a code,
// as in a narrow format, stands for the nearest.
func tableContents(l *pwl.Layer) []int64 {
	t := datapath.TypeOf(l.Input.Integer)
	var words []int64
	for _, c := range l.Channels {
		for pattern := range int64(1) << t.Width {
			words = append(words, c.Eval(l.Input.Clamp(t.Wrap(pattern))))
		}
	}
	return words
}
