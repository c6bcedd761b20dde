package lower

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

var shifters = map[ir.Shifter]string{ir.Chain: "chain of shifters", ir.Barrel: "barrel shifter"}

// unitDoc is the head of what is emitted for a unit.
func unitDoc(u *ir.Unit) []string {
	doc := lines(u.Doc)
	if u.Implement == ir.Thresholds {
		doc = append(doc, fmt.Sprintf("Reconfigurable thresholds: %s in, %d bits out.", u.Input, u.Output.Width),
			fmt.Sprintf("%d thresholds, which must not fall from one to the next; those that are not needed are %d.", 1<<u.Output.Width-1, u.Input.Max()))
		if u.Monotonic == ir.Either {
			each := ""
			if u.Channels > 1 {
				each = " for each channel"
			}
			doc = append(doc, "Functions rise or fall throughout, as configured"+each+".")
		}
		if u.Channels > 1 {
			doc = append(doc, fmt.Sprintf("%d channels.", u.Channels))
		}
		return append(doc, writtenDoc(u))
	}
	if u.Implement == ir.Table {
		doc = append(append(doc, tableDoc(u)...), windowDoc(u)...)
		return append(doc, headroomDoc(u)[0], writtenDoc(u))
	}
	doc = append(doc,
		fmt.Sprintf("Reconfigurable piecewise linear unit: %s in, %d bits out.", u.Input, u.Output.Width),
		fmt.Sprintf("%d %s, slopes of %s with shifts %d..%d%s, %s.",
			u.Segments, segmentsOf(u), ir.Plural(u.Terms, "term"), u.MinShift, u.MaxShift, shifterOf(u), ir.Plural(u.Guard, "guard bit")))
	if u.Channels > 1 {
		doc = append(doc, fmt.Sprintf("%d channels.", u.Channels))
	}
	doc = append(append(append(append(doc, windowDoc(u)...), formulaDoc(u)...), searchDoc(u)...), headroomDoc(u)...)
	return append(doc, writtenDoc(u))
}

// formulaDoc is what a unit of segments computes.
func formulaDoc(u *ir.Unit) []string {
	if u.Terms == 0 {
		return nil
	}
	of, where := "x", ""
	switch {
	case u.Breaks == ir.Uniform:
		of, where = "d", "; d is "+seenBy(u)+" less the first of the segment"
	case u.Window.Bits > 0:
		of = "w"
	}
	value := "b"
	for j := range u.Terms {
		value += fmt.Sprintf(" + t%d", j)
	}
	if u.Guard > 0 {
		of = fmt.Sprintf("%d * %s", 1<<u.Guard, of)
		value = fmt.Sprintf("(%s) >> %d", value, u.Guard)
	}
	if u.Overflow != ir.Wrap {
		value = "clamp(" + value + ", min, max)"
	}
	term := "or " + of + " >> shift"
	if u.Signs == ir.BothSigns {
		term = fmt.Sprintf("or plus or minus (%s >> shift)", of)
	}
	left := ""
	if u.MinShift < 0 {
		left = ", by a shift below 0 to the left"
	}
	return []string{fmt.Sprintf("y = %s, where b is the bias of the segment of x, and a term t is 0 %s%s. "+
		">> floors%s.", value, term, where, left)}
}

// seenBy is what the segments of a unit are of.
func seenBy(u *ir.Unit) string {
	if u.Window.Bits > 0 {
		return "w"
	}
	return "x"
}

// tableDoc is what a table holds.
func tableDoc(u *ir.Unit) []string {
	doc := []string{
		fmt.Sprintf("Reconfigurable table: %s in, %d bits out.", u.Input, u.Output.Width),
		fmt.Sprintf("%d words, each an output.", u.Segments),
	}
	if u.Rows > 0 {
		doc[1] = fmt.Sprintf("%d segments of a base and one of %d rows, of %d numbers of %s, of which the low bits add one.",
			u.Segments, u.Rows, 1<<u.LowBits(u.Input), ir.Plural(u.RowBits, "bit"))
	}
	if u.Channels > 1 {
		doc = append(doc, fmt.Sprintf("%d channels.", u.Channels))
	}
	return doc
}

// writtenDoc is how a configuration is written.
func writtenDoc(u *ir.Unit) string {
	switch {
	case u.Load == ir.LoadData:
		return "Load a configuration while the unit is idle, by inputs that select what it is for."
	case u.Style == ir.Parallel || u.Handshake == ir.NoHandshake:
		return "y follows each word of a configuration: it means something again from the second clock after the last word on."
	}
	return "Write a configuration at any time, the word complete last: from the first word on no input is taken, and what is under way leaves."
}

func segmentsOf(u *ir.Unit) string {
	if u.Breaks == ir.Uniform {
		return "uniform segments"
	}
	return "segments"
}

func shifterOf(u *ir.Unit) string {
	switch {
	case u.Breaks == ir.Uniform:
		return ""
	case u.Style == ir.Serial:
		return " by a bit a clock"
	}
	return " in a " + shifters[u.Shifter]
}

// windowDoc says what segments are of.
func windowDoc(u *ir.Unit) []string {
	w := u.Window
	if w.Bits == 0 {
		return nil
	}
	by := fmt.Sprint(w.MinShift)
	if w.MinShift < w.MaxShift {
		by = fmt.Sprintf("%d..%d, as configured,", w.MinShift, w.MaxShift)
	}
	return []string{fmt.Sprintf("Segments are of w, which is x shifted right by %s and held to the nearest %s.", by, w.Codes(u.Input))}
}

// searchDoc says how the segment of x is found, and what that asks of thresholds.
func searchDoc(u *ir.Unit) []string {
	serial := u.Style == ir.Serial
	if u.Search == ir.Comparators && !serial || u.Segments == 1 || u.Breaks == ir.Uniform {
		return nil
	}
	segments := 1 << addressWidth(u.Segments)
	doc := []string{fmt.Sprintf("Where a function has fewer than %d segments, its last one is repeated.", segments)}
	if u.Search == ir.Binary || serial {
		return append(doc, "The segment of x is found by a binary search: thresholds must not fall from one to the next. "+
			"Where they do, the search ends in some segment, which follows from x and the thresholds alone.")
	}
	p := plan{thresholds: datapath.TypeOf(u.Window.Codes(u.Input)), segments: segments}
	doc = append(doc, "The segment of x is found by a cascade of tables. Each is looked up at some bits of x above the rank "+
		"that the table before gives, and gives the number of different thresholds that x has reached with its bits so far. "+
		"The last one counts equal thresholds, too. A table with fewer words than there are repeats them.")
	for i, c := range p.cells() {
		doc = append(doc, fmt.Sprintf("Table %d is bits %d..%d of the words and takes bits %d..%d of x.",
			i, (i+1)*p.depth()-1, i*p.depth(), c.low+c.bits-1, c.low))
	}
	return doc
}

// headroomDoc is what a configuration must keep to.
func headroomDoc(u *ir.Unit) []string {
	switch {
	case u.Overflow == ir.Wrap:
		return []string{"Nothing saturates: a configuration must have no value, for any input, beyond the codes of its output."}
	case u.Headroom > 0:
		room := datapath.Type{Width: u.Output.Width + u.Headroom, Signed: true}
		return []string{fmt.Sprintf("Sums wrap: before saturation a configuration must have values from %d to %d alone, for any input.", room.Min(), room.Max())}
	}
	return []string{"No configuration makes a sum wrap before it is saturated."}
}

// layerDoc is the head of what is emitted for a layer.
func layerDoc(l *pwl.Layer) []string {
	doc := lines(l.Doc)
	doc = append(doc, fmt.Sprintf("%s = %s", l.Name, l.Function),
		fmt.Sprintf("x: %s, y: %s", l.Input, l.Output))
	segments, worst := l.SegmentCount(), l.Total().Max
	switch {
	case l.Implement == ir.PWL:
		doc = append(doc, fmt.Sprintf("%s, maximum error %d", ir.Plural(segments, "segment"), worst))
	case l.Shape.Tabular() && l.Shape.Rows > 0:
		doc = append(doc, fmt.Sprintf("table of %d segments that share %d rows, maximum error %d", l.Shape.Segments, l.Shape.Rows, worst))
	case l.Shape.Tabular():
		doc = append(doc, fmt.Sprintf("table of %d words, maximum error %d", l.Shape.Segments, worst))
	case l.Implement == ir.Table:
		doc = append(doc, "look-up table, exact")
	default:
		doc = append(doc, fmt.Sprintf("%s, exact", ir.Plural(segments-1, "threshold")))
	}
	if l.Layer.Channels > 0 {
		doc = append(doc, ir.Plural(len(l.Channels), "channel"))
	}
	return doc
}

func lines(doc string) []string {
	if doc = strings.TrimSpace(doc); doc == "" {
		return nil
	}
	return strings.Split(doc, "\n")
}
