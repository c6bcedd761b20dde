package lower

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
)

var shifters = map[ir.Shifter]string{ir.Chain: "chain of shifters", ir.Barrel: "barrel shifter"}

// unitDoc is the head of what is emitted for a unit.
func unitDoc(u *ir.Unit) []string {
	doc := lines(u.Doc)
	doc = append(doc,
		fmt.Sprintf("Reconfigurable piecewise linear unit: %s in, %d bits out.", u.Input, u.Output.Width),
		fmt.Sprintf("%d segments, slopes of %s with shifts %d..%d in a %s, %d guard bits.",
			u.Segments, plural(u.Terms, "term"), u.MinShift, u.MaxShift, shifters[u.Shifter], u.Guard))
	if u.Channels > 1 {
		doc = append(doc, fmt.Sprintf("%d channels.", u.Channels))
	}
	doc = append(doc, searchDoc(u)...)
	return append(doc, "Write a configuration while the unit is idle; it holds from the second clock after the last word on.")
}

// searchDoc says what a binary search makes of its thresholds.
func searchDoc(u *ir.Unit) []string {
	if u.Search != ir.Binary || u.Segments == 1 {
		return nil
	}
	return []string{
		fmt.Sprintf("The segment of x is found by a binary search among %d, all of which have words. Thresholds", 1<<addressWidth(u.Segments)),
		"must not fall from one to the next; where a function has fewer segments, repeat its last one. With thresholds",
		"that fall, the search ends in some segment, which follows from x and the thresholds alone.",
	}
}

// layerDoc is the head of what is emitted for a layer.
func layerDoc(l *pwl.Layer) []string {
	doc := lines(l.Doc)
	doc = append(doc, fmt.Sprintf("%s = %s", l.Name, l.Function),
		fmt.Sprintf("x: %s, y: %s", l.Input, l.Output))
	segments, worst := 0, int64(0)
	for _, c := range l.Channels {
		if c.Function != nil {
			segments = max(segments, len(c.Function.Segments))
		} else {
			segments = max(segments, len(c.Steps.Runs))
		}
		worst = max(worst, c.Error.Max)
	}
	switch l.Implement {
	case ir.PWL:
		doc = append(doc, fmt.Sprintf("%s, maximum error %d", plural(segments, "segment"), worst))
	case ir.Table:
		doc = append(doc, "look-up table, exact")
	default:
		doc = append(doc, fmt.Sprintf("%s, exact", plural(segments-1, "threshold")))
	}
	if l.Layer.Channels > 0 {
		doc = append(doc, plural(len(l.Channels), "channel"))
	}
	return doc
}

func lines(doc string) []string {
	if doc = strings.TrimSpace(doc); doc == "" {
		return nil
	}
	return strings.Split(doc, "\n")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
