package check

import (
	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

// checkedLayer is a layer with what it refers to.
type checkedLayer struct {
	layer *spec.Layer
	unit  *entity
	calls []*entity
}

// layers checks the layers of a file.
func (c *checker) layers(f *file) []*checkedLayer {
	var found []*checkedLayer
	first := map[string]lang.Name{}
	for _, d := range f.declarations {
		if d.Layer == nil || c.enough() {
			continue
		}
		name := d.Layer.Name
		if before, twice := first[name.Text]; twice {
			c.report(diag.New("duplicate-name", c.span(name.Node), "a second layer called `%s`", name.Text).
				WithNoteAt(c.span(before.Node), "the first is here").
				WithHelp("rename one of them"))
		} else {
			first[name.Text] = name
		}
		found = append(found, c.layer(f, d))
	}
	return found
}

func (c *checker) layer(f *file, d *lang.Declaration) *checkedLayer {
	decl := d.Layer
	text := c.sources[f.path][decl.Body.Pos.Offset:decl.Body.EndPos.Offset]
	l := &spec.Layer{Layer: ir.Layer{
		Name: decl.Name.Text, Doc: d.Doc(), Source: c.source(decl.Name.Node),
		Function: lang.OneLine(text), Body: c.source(decl.Body.Node),
	}}
	checked := &checkedLayer{layer: l}
	ok := true
	if decl.Channels != nil {
		l.Channels, ok = c.integer(f, "channels", "the number of channels", decl.Channels, 1, ir.MaxChannels)
	}
	in, inOK := c.layerFormat(f, "input", decl.Input, ir.MaxInputWidth)
	out, outOK := c.layerFormat(f, "output", decl.Output, ir.MaxOutputWidth)
	l.Input, l.Output = in, out
	if ok { // without the number of channels, what depends on it cannot be judged
		s := &scope{checker: c, file: f, input: true, channels: l.Channels}
		l.Body = s.real(decl.Body)
		s.tooLarge(decl.Body)
		checked.calls = s.calls
	}
	if decl.On != nil {
		checked.unit = c.layerUnit(f, *decl.On)
	}
	if inOK && outOK {
		c.layerOptions(f, checked, decl)
		if checked.unit != nil {
			c.fits(l, checked.unit, decl)
		}
	}
	return checked
}

func (c *checker) layerFormat(f *file, what string, e *lang.Format, widest int) (ir.Format, bool) {
	format, ok := c.format(f, e)
	if ok && format.Width > widest {
		c.report(tooWide(c.span(e.Node), what, format.Width, widest))
		return format, false
	}
	return format, ok
}

// layerUnit is the unit that a layer runs on, or nil.
func (c *checker) layerUnit(f *file, name lang.Name) *entity {
	u := c.lookup(f, kindUnit, name.Text)
	if u == nil {
		d := diag.New("unknown-unit", c.span(name.Node), "there is no unit `%s`", name.Text)
		if d.Help = diag.DidYouMean(name.Text, c.names(f, kindUnit)); d.Help == "" {
			d.Help = "declare it: unit " + name.Text + " { input = int24  output = int8 }"
		}
		c.unknown(f, d)
		return nil
	}
	if !c.resolve(u) {
		return nil
	}
	return u
}

// fits checks that the unit can run the layer.
func (c *checker) fits(l *spec.Layer, e *entity, decl *lang.Layer) {
	u := e.unit
	declared := func(d diag.Diagnostic) diag.Diagnostic {
		return d.WithNoteAt(c.span(e.name.Node), "`%s` is declared here", u.Name)
	}
	if !u.Input.Contains(l.Input.Min()) || !u.Input.Contains(l.Input.Max()) {
		c.report(declared(diag.New("unit-input", c.span(decl.Input.Node), "the input `%s` does not fit into the unit's `%s`", l.Input.Integer, u.Input)).
			WithHelp("widen the unit's input"))
	}
	if l.Output.Width > u.Output.Width {
		c.report(declared(diag.New("unit-output", c.span(decl.Output.Node), "the output has %d bits, and the unit gives %d", l.Output.Width, u.Output.Width)).
			WithHelp("widen the unit's output"))
	}
	if l.Channels > u.Channels {
		c.report(declared(diag.New("unit-channels", c.span(decl.Channels.Node), "the layer has %s, and the unit holds %d", ir.Plural(l.Channels, "channel"), u.Channels)).
			WithHelp("write `channels = %d` in the unit", l.Channels))
	}
	l.Unit, l.Shape = u.Name, u.Shape
}

// ownOptions are the options that say something of the layer's function.
var ownOptions = []string{"max_error", "fit", "weight", "range", "implement"}

func (c *checker) layerOptions(f *file, checked *checkedLayer, decl *lang.Layer) {
	l := checked.layer
	o, _ := c.options(decl.Options, append(ownOptions[:len(ownOptions):len(ownOptions)], shapeOptions...), "a layer")
	l.Options = ir.Options{MaxError: -1}
	if most := o["max_error"]; most != nil {
		if n, ok := c.number(f, most, 0, 1<<ir.MaxOutputWidth); ok {
			l.Options.MaxError = int64(n)
		}
	}
	if o["fit"] != nil {
		word, _ := c.choice(o["fit"], ir.Fits())
		l.Options.Fit, _ = ir.ParseFit(word)
	}
	if o["implement"] != nil {
		word, _ := c.choice(o["implement"], ir.Implements())
		l.Options.Implement, _ = ir.ParseImplement(word)
	}
	if o["range"] != nil {
		l.Options.Range = c.rangeOption(f, o["range"])
	}
	if o["weight"] != nil {
		l.Options.Weight = c.weight(f, o["weight"], l)
	}
	if decl.On != nil {
		c.refuseOnUnit(o, l, decl, checked.unit)
		return
	}
	if tabular(&l.Layer, o) {
		l.Shape, _ = c.table(f, o, l.Input, l.Output.Integer)
		return
	}
	l.Shape, _ = c.shape(f, o, l.Input, l.Output.Integer)
	l.Options.AnyShape = l.Options.Implement == ir.Auto && leavesShape(o)
}

// leavesShape tells whether options say nothing of segments and of what they are found by.
// How a datapath is laid out in time is not of its shape.
func leavesShape(o options) bool {
	for _, name := range shapeOptions {
		if o[name] != nil && name != "style" && name != "handshake" {
			return false
		}
	}
	return true
}

// refuseOnUnit refuses what the unit decides.
func (c *checker) refuseOnUnit(o options, l *spec.Layer, decl *lang.Layer, unit *entity) {
	for _, name := range shapeOptions {
		if o[name] != nil {
			c.report(diag.New("option-on-unit", c.span(o[name].Node), "`%s` is for the unit to say", name).
				WithNoteAt(c.span(decl.On.Node), "the layer runs on a unit").
				WithHelp("move it into the unit's declaration"))
		}
	}
	runs := ir.PWL
	if unit != nil && unit.unit.Implement != ir.Auto {
		runs = unit.unit.Implement
	}
	if i := l.Options.Implement; i != ir.Auto && i != runs {
		c.report(diag.New("option-on-unit", c.span(o["implement"].Node), "the unit runs %s, not %s", built[runs], built[i]).
			WithNoteAt(c.span(decl.On.Node), "the layer runs on a unit").
			WithHelp("leave out `on %s` for a datapath of the layer's own", decl.On.Text))
	}
}

// built is what implements a layer, in words.
var built = map[ir.Implement]string{ir.PWL: "segments", ir.Thresholds: "thresholds", ir.Table: "a table"}

func (c *checker) rangeOption(f *file, o *lang.Option) *ir.Range {
	v := o.Value
	if v.High == nil || len(v.Modifiers) > 0 {
		c.bad(o, "-4..4")
		return nil
	}
	low, ok := c.constant(f, "a range", v.Low)
	high, good := c.constant(f, "a range", v.High)
	if !ok || !good {
		return nil
	}
	if low.Cmp(high) >= 0 {
		c.report(diag.New("range", c.span(v.Node), "the range is empty: %s is not below %s", shortRat(low), shortRat(high)).
			WithHelp("write the smaller end first"))
		return nil
	}
	return &ir.Range{Low: low, High: high}
}
