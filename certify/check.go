package certify

import (
	"fmt"
	"reflect"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Fault is a field of a certificate that does not hold.
type Fault struct{ Field, Why string }

func (f *Fault) Error() string { return fmt.Sprintf("field %s: %s", f.Field, f.Why) }

func fault(field, format string, args ...any) error {
	return &Fault{field, fmt.Sprintf(format, args...)}
}

// differs is the fault of a field that is not what it should be, or nil.
func differs(field string, says, is any) error {
	if reflect.DeepEqual(says, is) {
		return nil
	}
	return fault(field, "says %v, is %v", says, is)
}

func first(errs ...error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

// The steps that a proof may take beyond those of a build for the squares of a fit of least
// maximum error, of which there are many: quickly, or thoroughly.
const (
	quickly    = 1 << 20
	thoroughly = squaresBudget
)

// Check rechecks a certificate for a layer whose golden function is known; in is the
// input of what the layer runs on, whose options say so if that settles how it is
// implemented. It finds everything anew. Of fits of least maximum error
// it looks for a higher bound on the squares than is stated, which Statement tells of, in
// short time.
func (r *Certificate) Check(l *ir.Layer, in ir.Integer, golden *steps.Function) error {
	return r.check(l, in, golden, quickly)
}

// CheckThoroughly is Check that takes its time.
func (r *Certificate) CheckThoroughly(l *ir.Layer, in ir.Integer, golden *steps.Function) error {
	return r.check(l, in, golden, thoroughly)
}

func (r *Certificate) check(l *ir.Layer, in ir.Integer, golden *steps.Function, steps int64) error {
	l, err := r.built(l, in)
	if err != nil {
		return err
	}
	if err = first(
		differs("golden_runs", r.Runs, len(golden.Runs)),
		differs("golden_sha256", r.Golden, Digest(golden)),
		differs("input", r.Input, golden.Input.String()),
		differs("output", r.Output, golden.Output.String()),
		differs("inputs", r.Inputs, golden.Input.Count()),
		r.checkAsked(l),
		r.checkImplementation(l, in, golden),
	); err != nil {
		return err
	}
	if err := first(
		differs("claim", r.Claim, r.claim(l)),
		differs("basis", r.Basis, r.basis(l)),
		differs("sha256", r.Seal, r.seal()),
	); err != nil {
		return err
	}
	if r.Mean != nil && l.Options.Fit != ir.RMSE {
		return r.checkTied(newQuestion(l, in, golden, r.Mean.Sum), steps)
	}
	return nil
}

// checkTied finds the bound anew on the squares of fits of the least maximum error, or
// proves it where it is that of the search for the fit, and looks for what else can be
// proved in so many steps.
func (r *Certificate) checkTied(q *question, steps int64) error {
	q.keepTo(r.Max, r.Within)
	m := r.Mean
	if m.Steps != 0 && m.Steps != thoroughly {
		return fault("least_squares.steps", "%d, where proofs take 0 or %d", m.Steps, thoroughly)
	}
	r.found = q.certain(m.Steps)
	switch open := m.Steps == 0 && q.easy(); {
	case m.Bound < r.found, m.Bound > r.found && !open:
		return fault("least_squares.bound", "%d, where %d is proved", m.Bound, r.found)
	case m.Steps >= steps:
		return nil
	}
	r.found = max(r.found, q.tied(steps))
	if r.found < m.Bound {
		if !q.reaches(m.Bound) && q.soon() < m.Bound {
			return fault("least_squares.bound", "%d is not proved", m.Bound)
		}
		r.found = m.Bound
	}
	return nil
}

// built is the layer with the shape that the compiler gave it where it may choose one.
func (r *Certificate) built(l *ir.Layer, in ir.Integer) (*ir.Layer, error) {
	s := r.Shape
	if !l.Options.AnyShape || s == nil || s.Breaks != ir.Uniform.String() {
		return l, nil
	}
	overflow, known := ir.Saturate, s.Overflow == ""
	if !known {
		overflow, known = ir.ParseOverflow(s.Overflow)
	}
	n := s.Segments
	if !known || s.Prescale == nil || s.Window < 1 || s.Window > in.Width || n < 2 || n > ir.MaxSegments && s.Terms > 0 || n&(n-1) != 0 || n > 1<<s.Window {
		return nil, fault("shape", "is none that a layer may be given")
	}
	other := *l
	w := ir.Window{Bits: s.Window, MinShift: s.Prescale[0], MaxShift: s.Prescale[1]}
	if s.Terms == 0 {
		return r.builtAsTable(&other, in, w)
	}
	other.Shape = l.Shape.UniformShape(in, l.Output.Integer, w, n, overflow)
	return &other, nil
}

func (r *Certificate) builtAsTable(l *ir.Layer, in ir.Integer, w ir.Window) (*ir.Layer, error) {
	n, rows := r.Shape.Segments, r.Shape.Rows
	if w.Bits > ir.MaxTableWidth || rows == 0 && n != 1<<w.Bits || rows > 0 && n > 1<<w.Bits/2 || rows < 0 || rows > ir.MaxRows {
		return nil, fault("shape", "is no table that a layer may be given")
	}
	l.Shape = l.Shape.TableShape(in, l.Output.Integer, w, n, rows)
	return l, nil
}

func (r *Certificate) checkAsked(l *ir.Layer) error {
	switch is := asked(l); {
	case is == nil && r.Asked == nil:
		return nil
	case is == nil || r.Asked == nil:
		return fault("asked", "the layer and the certificate do not agree that there is a max_error")
	default:
		return differs("asked", *r.Asked, *is)
	}
}

func (r *Certificate) checkImplementation(l *ir.Layer, in ir.Integer, golden *steps.Function) error {
	if r.Shape == nil {
		return r.checkExact(l, golden)
	}
	how := l.Options.Implement
	if how == ir.Thresholds || how == ir.Table && !l.Shape.Tabular() {
		return fault("shape", "the layer is implemented by %s", how)
	}
	if err := differs("shape", *r.Shape, *shapeOf(l)); err != nil {
		return err
	}
	f, err := r.function(l, in, golden)
	if err != nil {
		return err
	}
	return first(r.checkError(golden, f), r.checkBounds(l, in, golden), r.checkMean(l, in, golden, f))
}

// checkExact is for what segments do not implement.
func (r *Certificate) checkExact(l *ir.Layer, golden *steps.Function) error {
	how := l.Options.Implement
	if how == ir.PWL || l.Shape.Tabular() {
		return fault("shape", "missing, but segments implement the layer")
	}
	return first(
		differs("max_error", r.Max, int64(0)),
		differs("worst_input", r.At, golden.Input.Min()),
		differs("squares", r.Squares, "0"),
		differs("exact", r.Hits, golden.Input.Count()),
		differs("lower_bound", r.Bound, int64(0)),
		differs("within", r.Within, 0),
		differs("pieces", len(r.Pieces), 0),
		differs("witness", len(r.Witness), 0),
		differs("fewer", len(r.Fewer), 0),
		differs("least_squares", r.Mean == nil, true),
	)
}

// mostBias keeps sums far from overflow.
const mostBias = 1 << 61

// function reads the segments and holds them against the shape.
func (r *Certificate) function(l *ir.Layer, in ir.Integer, golden *steps.Function) (*pwl.Function, error) {
	if n := len(r.Pieces); n == 0 || n > l.Shape.Segments {
		return nil, fault("pieces", "%d of them where the shape has room for 1 to %d", n, l.Shape.Segments)
	}
	f := &pwl.Function{Input: golden.Input, Output: golden.Output, Guard: l.Shape.Guard}
	var err error
	if f.View, err = r.view(l, in); err != nil {
		return nil, err
	}
	if f.Rows, err = r.readRows(l, in); err != nil {
		return nil, err
	}
	firstSeen, lastSeen := see(f.View, golden.Input.Min()), see(f.View, golden.Input.Max())
	for i, line := range r.Pieces {
		s, ok := parsePiece(line)
		switch {
		case !ok:
			return nil, fault("pieces", "%q is no segment", line)
		case i == 0 && s.Start != firstSeen, i > 0 && s.Start <= f.Segments[i-1].Start, s.Start > lastSeen,
			i > 0 && l.Shape.Breaks == ir.Uniform && s.Start&(1<<l.Shape.LowBits(in)-1) != 0:
			return nil, fault("pieces", "segment %d cannot start at %d", i, s.Start)
		case s.Row < 0 || s.Row >= max(1, len(f.Rows)):
			return nil, fault("pieces", "%q adds a row that there is not", line)
		case len(s.Terms) > l.Shape.Terms || s.Bias > mostBias || s.Bias < -mostBias:
			return nil, fault("pieces", "%q does not fit the shape", line)
		}
		for _, t := range s.Terms {
			if t.Shift < l.Shape.MinShift || t.Shift > l.Shape.MaxShift || t.Negative && l.Shape.Signs == ir.PlusOnly {
				return nil, fault("pieces", "%q does not fit the shape", line)
			}
		}
		f.Segments = append(f.Segments, s)
	}
	f = spelled(f)
	return f, r.checkWrap(l, f)
}

// view is what the pieces are of.
func (r *Certificate) view(l *ir.Layer, in ir.Integer) (pwl.View, error) {
	w := l.Shape.Window
	switch {
	case w.Bits == 0 && r.Prescale == nil:
		return pwl.View{}, nil
	case w.Bits == 0 || r.Prescale == nil || *r.Prescale < w.MinShift || *r.Prescale > w.MaxShift:
		return pwl.View{}, fault("prescale", "is not one of the shape's")
	}
	return pwl.View{Shift: *r.Prescale, Codes: w.Codes(in)}, nil
}

// checkWrap checks that no value is beyond the output codes where it would wrap.
func (r *Certificate) checkWrap(l *ir.Layer, f *pwl.Function) error {
	if l.Shape.Overflow == ir.Saturate {
		return nil
	}
	for i := range f.Segments {
		last := see(f.View, f.Input.Max())
		if i+1 < len(f.Segments) {
			last = f.Segments[i+1].Start - 1
		}
		if !stays(&f.Segments[i], f, f.Segments[i].Start, last) {
			return fault("pieces", "the segment from %d leaves the output codes", f.Segments[i].Start)
		}
	}
	return nil
}

// stays reports whether all values of a segment over lo..hi are output codes, by halving
// until bounds on the terms say so.
func stays(s *pwl.Segment, f *pwl.Function, lo, hi int64) bool {
	low, high := values(s, f.Guard, lo, hi)
	if f.Output.Contains(low) && f.Output.Contains(high) {
		return true
	}
	if lo == hi {
		return false
	}
	mid := lo + (hi-lo)/2
	return stays(s, f, lo, mid) && stays(s, f, mid+1, hi)
}

func (r *Certificate) checkError(golden *steps.Function, f *pwl.Function) error {
	squares, ok := parseSquares(r.Squares)
	if !ok {
		return fault("squares", "%q is no number", r.Squares)
	}
	m := newMeasure(golden, f, alike)
	err := first(
		differs("max_error", r.Max, m.max),
		differs("worst_input", r.At, m.at),
		differs("squares", squares.String(), m.squares.String()),
		differs("exact", r.Hits, uint64(m.exact)),
	)
	if err == nil && r.Asked != nil && r.Max > *r.Asked {
		return fault("max_error", "%d, where the layer asks for %d", r.Max, *r.Asked)
	}
	return err
}

func (r *Certificate) checkBounds(l *ir.Layer, in ir.Integer, golden *steps.Function) error {
	if err := differs("within", r.Within, within(l, len(r.Pieces))); err != nil {
		return err
	}
	p := newProvers(golden, &l.Shape, in)
	switch {
	case r.Bound < 0 || r.Bound > r.Max:
		return fault("lower_bound", "%d is not between 0 and the maximum error %d", r.Bound, r.Max)
	case r.Bound == 0 && r.Witness != nil:
		return fault("witness", "there is nothing to attest")
	case r.Bound > 0:
		if err := p.attests(r.Witness, r.Within, r.Bound-1); err != nil {
			return fault("witness", "%v", err)
		}
	}
	switch {
	case r.Fewer == nil:
		return nil
	case r.Asked == nil || !fewest(l):
		return fault("fewer", "nobody asks for the fewest segments")
	}
	if err := p.attests(r.Fewer, len(r.Pieces)-1, *r.Asked); err != nil {
		return fault("fewer", "%v", err)
	}
	return nil
}

// attests checks that points prove that so many segments cannot keep to a maximum
// error.
func (all provers) attests(points []int64, segments int, tolerance int64) error {
	if len(points) == 0 || len(points)%len(all) != 0 {
		return fmt.Errorf("%d points for %s", len(points), ir.Plural(len(all), "window"))
	}
	each := len(points) / len(all)
	for i, p := range all {
		if err := p.attests(points[i*each:(i+1)*each], segments, tolerance); err != nil {
			return err
		}
	}
	return nil
}

// attests is that for one view.
func (p *prover) attests(points []int64, segments int, tolerance int64) error {
	p.tolerance = tolerance
	if p.low >= 0 {
		return p.attestsUniform(points)
	}
	if segments < 1 || len(points) != segments+1 {
		return fmt.Errorf("%d points, where %s take %d", len(points), ir.Plural(segments, "segment"), segments+1)
	}
	if points[0] == points[segments] && p.contains(points[0]) && p.fails(points[0], points[0]) {
		return nil
	}
	if points[0] != p.first() {
		return fmt.Errorf("the first point %d is not the smallest input", points[0])
	}
	for i, last := range points[1:] {
		if last <= points[i] || !p.contains(last) {
			return fmt.Errorf("point %d, which is %d, does not ascend within the inputs", i+1, last)
		}
		if !p.fails(points[i], last) {
			return fmt.Errorf("a line keeps to a maximum error of %d from %d to %d", tolerance, points[i], last)
		}
	}
	return nil
}

func (p *prover) attestsUniform(points []int64) error {
	switch first := points[0]; {
	case len(points) != 1:
		return fmt.Errorf("%d points, where uniform segments take 1", len(points))
	case !p.contains(first) || first != p.first() && first&(1<<p.low-1) != 0:
		return fmt.Errorf("no segment begins at %d", first)
	case !p.fails(first, p.end(first)):
		return fmt.Errorf("a line keeps to a maximum error of %d on the segment from %d", p.tolerance, first)
	}
	return nil
}

// checkMean holds what is stated of the squares against each other and what is found.
func (r *Certificate) checkMean(l *ir.Layer, in ir.Integer, golden *steps.Function, f *pwl.Function) error {
	m := r.Mean
	switch {
	case m == nil && l.Options.Fit == ir.RMSE:
		return fault("least_squares", "missing")
	case m == nil:
		return nil
	case m.Bound < 0 || m.Bound > m.Sum:
		return fault("least_squares.bound", "%d is not between 0 and the sum %d", m.Bound, m.Sum)
	case m.Weight <= 0:
		return fault("least_squares.weight", "%d is not positive", m.Weight)
	}
	weigh := weigherOf(l)
	if err := first(
		differs("least_squares.weights", m.Weights, weights(l.Options.Weight)),
		differs("least_squares.sum", fmt.Sprint(m.Sum), newMeasure(golden, f, weigh).squares.String()),
		differs("least_squares.weight", fmt.Sprint(m.Weight), weigh(golden.Input.Min(), golden.Input.Max()).String()),
	); err != nil {
		return err
	}
	if l.Options.Fit != ir.RMSE {
		return first(differs("least_squares.grid", m.Grid == nil, true), m.alone())
	}
	if m.Steps != 0 {
		return fault("least_squares.steps", "are stated of fits of least maximum error alone")
	}
	return m.checkBound(newQuestion(l, in, golden, m.Sum))
}

// alone checks that nothing is said of how lines were taken together.
func (m *Mean) alone() error {
	return first(differs("least_squares.lines", m.Lines == nil, true), differs("least_squares.straight_lines", m.Straight, false))
}

// checkBound finds the bound anew on the grid that is stated. Where there is none, it
// makes sure that there cannot be.
func (m *Mean) checkBound(q *question) error {
	if m.Grid == nil {
		// Below a sum of 0 there is nothing.
		if _, on := q.prove(squaresBudget); on != nil {
			return fault("least_squares.grid", "missing, but the bound can be proved on %d", on.grid)
		}
		return first(differs("least_squares.bound", m.Bound, int64(0)), m.alone())
	}
	on, err := m.stated()
	if err != nil {
		return err
	}
	budget := int64(squaresBudget)
	bound, ok := int64(0), false
	if q.sum > 0 && 0 <= on.grid && on.grid <= q.golden.Input.Width {
		bound, ok = q.least(on, &budget)
	}
	switch {
	case !ok:
		return fault("least_squares.grid", "%d is none on which a bound can be proved", *m.Grid)
	case m.Bound != bound:
		return fault("least_squares.bound", "%d, where %d is proved", m.Bound, bound)
	}
	return nil
}
