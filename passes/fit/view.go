package fit

import (
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// seen is a golden function through a window: as a function of w, of which many
// inputs look alike and may have different outputs. Runs are stretches of w that
// differ in nothing; golden has for each the output that lines should aim at, and its
// inputs are the w there are. A stretch of several golden outputs is a single w.
type seen struct {
	golden          *steps.Function
	least, greatest []int64 // golden outputs of each run
	parts           []part  // in ascending order
	from            []int   // number of the first part of each run
}

// of are the parts of a run, each of which is of all its w.
func (s *seen) of(run int) []part {
	if run+1 < len(s.from) {
		return s.parts[s.from[run]:s.from[run+1]]
	}
	return s.parts[s.from[run]:]
}

// part is inputs that look alike or are shifted alike, with their golden output.
type part struct {
	pwl.Part
	golden int64
}

// inputs are the first and the last input that look like one of lo..hi, which are of the
// part.
func (p *part) inputs(lo, hi int64) (first, last int64) {
	return p.First + (lo-p.Lo)*p.Each, p.First + (hi-p.Lo+1)*p.Each - 1
}

// look is golden as the view shows it.
func look(golden *steps.Function, view pwl.View) *seen {
	s := &seen{golden: &steps.Function{Input: view.Seen(golden.Input), Output: golden.Output}}
	for i, r := range golden.Runs {
		view.Parts(r.Start, golden.End(i), golden.Input, func(p pwl.Part) { s.add(part{p, r.Value}) })
	}
	for i := 0; i < len(s.parts); {
		i = s.run(i)
	}
	return s
}

// add appends a part, in two where only the first w is one that was seen before.
func (s *seen) add(p part) {
	if n := len(s.parts); n > 0 && s.parts[n-1].Hi == p.Lo && p.Lo < p.Hi {
		first := p
		first.Hi = p.Lo
		p.Lo, p.First = p.Lo+1, p.First+p.Each
		s.parts = append(s.parts, first)
	}
	s.parts = append(s.parts, p)
}

// run adds the run of the part numbered i and of those that are of the same w, and
// gives the number of the next.
func (s *seen) run(i int) int {
	first := s.parts[i]
	s.from = append(s.from, i)
	least, greatest, most := first.golden, first.golden, first
	for i++; i < len(s.parts) && s.parts[i].Lo == first.Lo; i++ {
		p := s.parts[i]
		least, greatest = min(least, p.golden), max(greatest, p.golden)
		if p.Each > most.Each {
			most = p
		}
	}
	aim := most.golden
	if greatest-least > 1 {
		aim = least + (greatest-least)/2
	}
	s.golden.Runs = append(s.golden.Runs, steps.Run{Start: first.Lo, Value: aim})
	s.least, s.greatest = append(s.least, least), append(s.greatest, greatest)
	return i
}

// views are what a shape may look at, where in is the datapath's input.
func views(shape ir.Shape, in ir.Integer) []pwl.View {
	if shape.Window.Bits == 0 {
		return []pwl.View{{}}
	}
	var all []pwl.View
	for r := shape.Window.MinShift; r <= shape.Window.MaxShift; r++ {
		all = append(all, pwl.View{Shift: r, Codes: shape.Window.Codes(in)})
	}
	return all
}

// newFitter fits golden with a shape as a view of it shows it.
func (fs *families) newFitter(golden *steps.Function, shape ir.Shape, view pwl.View) *fitter {
	f := new(fitter)
	fs.take(f, golden, shape, view)
	return f
}

// take prepares a fitter for that.
func (fs *families) take(f *fitter, golden *steps.Function, shape ir.Shape, view pwl.View) {
	var s *seen
	if view != (pwl.View{}) || shape.Breaks == ir.Uniform {
		s = look(golden, view)
		golden = s.golden
	}
	f.take(golden, shape.Guard, fs.get(shape, golden.Input))
	if f.seen, f.wraps = s, shape.Overflow == ir.Wrap; f.wraps || s != nil {
		f.tolerate(0)
	}
}
