// Package certify states what a fit reaches and proves that no other could do
// better, in a form that is checked without trusting the fitter. It shares no code
// with it, nor with pwl.Measure or pwl.Sum.
//
// A certificate names the golden function by the SHA-256 of its runs, gives the
// segments, their exact error, and a lower bound E on the maximum error of every
// function that the shape allows. Where E > 0, points s_0 < s_1 < ... < s_K attest
// it, with s_0 the smallest input and K the number of segments allowed: on none of
// the closed intervals [s_i, s_(i+1)] does a line of the family, of any slope and
// any bias, keep to the maximum error E-1. So whatever the segments, the first ends
// before s_1, hence the second before s_2, and the last before s_K: the inputs from
// s_K on are not covered. That a layer with max_error = N has the fewest segments is
// attested likewise, by points for N and one segment fewer.
//
// That a slope fails on an interval is shown at single inputs. At an input x with
// golden q, a line b + v(x) keeps to E where L <= (b + v(x)) >> F <= U with L = q-E and
// U = q+E, but for a side on which the clamp brings every value within E; that is
// b >= L*2^F - v(x) and b <= (U+1)*2^F - 1 - v(x). When the inputs looked at leave no
// b, there is none. Looking at few inputs can only miss a proof, never make a wrong
// one, so nothing here depends on how v rises and falls between them.
//
// Segments may be of a window of the input, w(x) = clamp(x >> r). Then points and
// intervals are of w, and what a line must keep to at a w is what it must at all inputs
// that look like it: L is the greatest of their golden outputs less E, U the least plus
// E. Where these leave nothing at a single w, that w is all of the points. Where r may be
// chosen, there are points for each r, one list after the other. Of uniform segments one
// that fails attests the bound: the first w of it is the point.
// Where values wrap, a line must stay within the output codes. Segments that share rows
// are bounded by a table with a word for each w, which is at least as good: the point is
// a w whose inputs differ too much.
//
// The bound on the squares of a fit of least squares is the least cost of covers of the
// inputs by so many lines, where inputs are taken together in cells and lines that
// are alike in few: see covering, and, for many output codes, coarse, or straight lines in
// their place: see straightest. A certificate names the grid of the cells, and how many biases
// are taken for one line if not each; a checker finds the bound on them anew, and it has to be the one that is stated. Where that takes
// more than a stated number of steps, the certificate states no bound: 0.
//
// Of the squares among fits of the least maximum error, it states what is proved by runs in
// few steps: see spanning. Where that is nothing, as of uniform segments and of many runs, it
// states what is proved by cells, in few steps as well. A checker finds the same. Where lines
// are so few that covering cannot take too many steps, it states the bound that the search for
// the fit gave, and no grid: a checker has to prove that much on some grid, or rejects it.
//
// Weights are integers, those of a normal distribution the differences of its correctly
// rounded distribution function.
package certify

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math/big"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Certificate is what is certified of one channel. Errors are in output codes.
type Certificate struct {
	Claim    string   `json:"claim"`
	Basis    string   `json:"basis"`  // what the proof rests on
	Input    string   `json:"input"`  // format of the codes
	Output   string   `json:"output"` // format of the codes
	Runs     int      `json:"golden_runs"`
	Golden   string   `json:"golden_sha256"` // see Digest
	Shape    *Shape   `json:"shape,omitempty"`
	Pieces   []string `json:"pieces,omitempty"`   // the segments, as "START: BIAS + x>>SHIFT - x<<SHIFT", of what is seen
	Rows     []string `json:"rows,omitempty"`     // the numbers of each, which a piece adds by "+ row NUMBER"
	Prescale *int     `json:"prescale,omitempty"` // shift of the window that the pieces are of
	Max      int64    `json:"max_error"`
	At       int64    `json:"worst_input"` // the smallest that attains Max
	Squares  string   `json:"squares"`     // sum of (y - golden)^2 over all inputs
	Inputs   uint64   `json:"inputs"`
	Hits     uint64   `json:"exact"`             // inputs whose output is golden
	Bound    int64    `json:"lower_bound"`       // on the maximum error, for Within segments
	Within   int      `json:"within,omitempty"`  // segments
	Witness  []int64  `json:"witness,omitempty"` // points that attest Bound
	Asked    *int64   `json:"asked,omitempty"`   // the layer's max_error
	Fewer    []int64  `json:"fewer,omitempty"`   // points that attest that fewer segments miss Asked
	Mean     *Mean    `json:"least_squares,omitempty"`
	Seal     string   `json:"sha256"` // of the certificate without this, as JSON

	found int64 // the least sum of squares that a check has proved of a fit of least maximum error
}

// Shape is what the segments had to keep to.
type Shape struct {
	Segments int    `json:"segments"`
	Terms    int    `json:"terms"`
	Shifts   [2]int `json:"shifts"`
	Guard    int    `json:"guard"`
	Rows     int    `json:"rows,omitempty"`
	RowBits  int    `json:"row_bits,omitempty"`

	Breaks   string  `json:"breaks,omitempty"`
	Window   int     `json:"window,omitempty"`   // bits
	Prescale *[2]int `json:"prescale,omitempty"` // least and largest shift of the window
	Signs    string  `json:"signs,omitempty"`
	Overflow string  `json:"overflow,omitempty"`
}

// Mean is what is certified of the squares of a fit: where it is not of least squares, of
// those with its maximum error.
type Mean struct {
	Weights  string `json:"weights"` // which weights the inputs have
	Sum      int64  `json:"sum"`
	Bound    int64  `json:"bound"`
	Grid     *int   `json:"grid,omitempty"`           // of a fit of least squares: the bound is proved on cells of 2^grid inputs, and more far from where golden changes
	Lines    *int   `json:"lines,omitempty"`          // on the means of cells of up to 2^grid inputs, where 2^lines biases are taken for one
	Straight bool   `json:"straight_lines,omitempty"` // of straight lines, on cells of up to 2^grid codes of what they see
	Steps    int64  `json:"steps,omitempty"`          // of another fit, made thoroughly: so many the proof may take
	Weight   int64  `json:"weight"`                   // of all inputs together
}

// The claims a certificate may make.
const (
	Exact    = "exact"
	Least    = "least maximum error"
	Fewest   = "fewest segments"
	Squares  = "least squares"
	Measured = "measured error"
)

const (
	basisExact   = "the outputs are golden at every input"
	basisTrivial = "no error is below 0"
	basisWitness = "at the points of the witness every slope fails with every bias"
	basisMean    = "; no cover of the cells by so many lines has squares below their bound"
	basisNone    = "; of the sum of squares no bound is proved"
	basisTied    = "; no cover by so many lines within the maximum error has squares below their bound, which a check proves"
)

// Module certifies all channels of all layers, equal ones once. The result has the
// channels of a layer in their order, under the layer's index. Thoroughly, it takes more
// steps for the squares of fits of least maximum error. tell, which may be nil, is told how
// many are done.
func Module(m *pwl.Module, thoroughly bool, tell func(ir.Progress)) [][]*Certificate {
	certify := Certify
	if thoroughly {
		certify = CertifyThoroughly
	}
	type key struct {
		golden  *steps.Function
		made    *pwl.Function
		options ir.Options
		shape   ir.Shape
		in      ir.Integer
	}
	type job struct {
		layer   *pwl.Layer
		in      ir.Integer
		channel *pwl.Channel
		done    *Certificate
	}
	var jobs []*job
	known := map[key]*job{}
	table := make([][]*job, len(m.Layers))
	for i, l := range m.Layers {
		in := m.Datapath(&l.Layer)
		for _, c := range l.Channels {
			k := key{golden: c.Golden, made: c.Function, options: l.Options, shape: l.Shape, in: in}
			if known[k] == nil {
				known[k] = &job{layer: l, in: in, channel: c}
				jobs = append(jobs, known[k])
			}
			table[i] = append(table[i], known[k])
		}
	}
	ir.Counted(len(jobs), tell, func(i int, _ func(string)) {
		jobs[i].done = certify(&jobs[i].layer.Layer, jobs[i].in, jobs[i].channel)
	})
	all := make([][]*Certificate, len(table))
	for i, row := range table {
		for _, j := range row {
			all[i] = append(all[i], j.done)
		}
	}
	return all
}

// Certify makes the certificate of a channel. The error is the one the channel
// states; the bounds are found here. in is the input of what the layer runs on.
func Certify(l *ir.Layer, in ir.Integer, c *pwl.Channel) *Certificate { return certify(l, in, c, 0) }

// CertifyThoroughly is Certify that takes its time.
func CertifyThoroughly(l *ir.Layer, in ir.Integer, c *pwl.Channel) *Certificate {
	return certify(l, in, c, thoroughly)
}

func certify(l *ir.Layer, in ir.Integer, c *pwl.Channel, steps int64) *Certificate {
	r := &Certificate{
		Input: c.Golden.Input.String(), Output: c.Golden.Output.String(),
		Runs: len(c.Golden.Runs), Golden: Digest(c.Golden),
		Max: c.Error.Max, At: c.Error.At, Squares: c.Error.Squares.String(), Inputs: c.Error.Inputs, Hits: c.Error.Exact,
		Asked: asked(l), Mean: mean(l, in, c, steps),
	}
	if c.Function != nil {
		r.Shape = shapeOf(l)
		r.Pieces, r.Rows = pieces(c.Function), rowsOf(c.Function)
		if c.Function.View != (pwl.View{}) {
			shift := c.Function.View.Shift
			r.Prescale = &shift
		}
		r.prove(l, in, c)
	}
	r.Claim, r.Basis = r.claim(l), r.basis(l)
	r.Seal = r.seal()
	return r
}

func asked(l *ir.Layer) *int64 {
	if l.Options.MaxError < 0 {
		return nil
	}
	n := l.Options.MaxError
	return &n
}

func mean(l *ir.Layer, in ir.Integer, c *pwl.Channel, steps int64) *Mean {
	s := c.Squares
	if s == nil {
		return nil
	}
	m := &Mean{Weights: weights(l.Options.Weight), Sum: s.Sum, Weight: s.Weight}
	q := newQuestion(l, in, c.Golden, s.Sum)
	if l.Options.Fit == ir.RMSE {
		var on *mesh
		m.Bound, on = q.prove(squaresBudget)
		m.state(on)
		return m
	}
	q.keepTo(c.Error.Max, within(l, len(c.Function.Segments)))
	m.Steps = steps
	m.Bound = q.certain(steps)
	if steps == 0 && q.easy() {
		m.Bound = max(m.Bound, s.Bound) // a check proves it: that takes many times as long as the fit
		if m.Bound == 0 {
			m.Bound = q.soon()
		}
	}
	return m
}

// state says on what the bound is proved, if there is one.
func (m *Mean) state(on *mesh) {
	if on == nil {
		return
	}
	m.Grid, m.Straight = &on.grid, on.lines == straight
	if on.lines >= 0 {
		m.Lines = &on.lines
	}
}

// stated is on what the bound is proved.
func (m *Mean) stated() (on mesh, err error) {
	on = mesh{*m.Grid, alone}
	switch {
	case m.Straight:
		on.lines = straight
	case m.Lines != nil:
		on.lines = *m.Lines
	}
	if m.Lines != nil && (m.Straight || on.lines < 0 || on.lines > 2*ir.MaxOutputWidth) {
		err = fault("least_squares.lines", "%d is no width of lines", *m.Lines)
	}
	return on, err
}

func shapeOf(l *ir.Layer) *Shape {
	s := l.Shape
	shape := &Shape{
		Segments: s.Segments, Terms: s.Terms, Shifts: [2]int{s.MinShift, s.MaxShift}, Guard: s.Guard, Rows: s.Rows, RowBits: s.RowBits,
	}
	if s.Breaks != ir.Free {
		shape.Breaks = s.Breaks.String()
	}
	if w := s.Window; w.Bits > 0 {
		shape.Window, shape.Prescale = w.Bits, &[2]int{w.MinShift, w.MaxShift}
	}
	if s.Signs != ir.BothSigns {
		shape.Signs = s.Signs.String()
	}
	if s.Overflow != ir.Saturate {
		shape.Overflow = s.Overflow.String()
	}
	return shape
}

// prove finds the greatest lower bound up to the error of the fit, and, for a fit
// of the fewest segments, that there are no fewer.
func (r *Certificate) prove(l *ir.Layer, in ir.Integer, c *pwl.Channel) {
	p := newProvers(c.Golden, &l.Shape, in)
	used := len(c.Function.Segments)
	r.Within = within(l, used)
	good, bad := int64(0), c.Error.Max+1
	for next := c.Error.Max; bad-good > 1; next = good + (bad-good)/2 {
		if points := p.points(r.Within, next-1); points != nil {
			good, r.Witness = next, points
		} else {
			bad = next
		}
	}
	r.Bound = good
	if r.Asked != nil && fewest(l) && used > 1 {
		r.Fewer = p.points(used-1, *r.Asked)
	}
}

// within is the number of segments the lower bound speaks of: all of the shape
// unless the layer asks for the fewest.
func within(l *ir.Layer, used int) int {
	if l.Options.MaxError >= 0 && fewest(l) {
		return used
	}
	return l.Shape.Segments
}

// fewest reports whether a fit with a maximum error asked for has the fewest segments:
// the number of uniform ones is given.
func fewest(l *ir.Layer) bool { return l.Options.Fit == ir.MinMax && l.Shape.Breaks == ir.Free }

// claim is the strongest that the certificate's contents bear.
func (r *Certificate) claim(l *ir.Layer) string {
	switch {
	case r.Shape == nil:
		return Exact
	case l.Options.Fit == ir.RMSE:
		return Squares
	case r.Bound != r.Max:
		return Measured
	case r.Asked != nil && fewest(l) && (len(r.Pieces) == 1 || r.Fewer != nil):
		return Fewest
	}
	return Least
}

func (r *Certificate) basis(l *ir.Layer) string {
	b := basisWitness
	switch {
	case r.Shape == nil:
		b = basisExact
	case r.Bound == 0 && r.Fewer == nil:
		b = basisTrivial
	}
	switch {
	case r.Mean == nil:
		return b
	case r.Mean.Sum == 0:
		return b
	case r.Mean.Bound == 0:
		return b + basisNone
	case l.Options.Fit != ir.RMSE:
		return b + basisTied
	}
	return b + basisMean
}

// seal is a digest of everything else: it makes certificates that have been altered
// but would still be true evident, too.
func (r *Certificate) seal() string {
	open := *r
	open.Seal = ""
	text, err := json.Marshal(&open)
	if err != nil {
		panic("certify: " + err.Error()) // numbers and strings always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Digest is the SHA-256 of the runs of a function: for each its start and its value,
// both as 8 bytes in two's complement, the least significant first.
func Digest(f *steps.Function) string {
	h := sha256.New()
	buf := make([]byte, 0, 16*len(f.Runs))
	for _, r := range f.Runs {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(r.Start))
		buf = binary.LittleEndian.AppendUint64(buf, uint64(r.Value))
	}
	h.Write(buf)
	return hex.EncodeToString(h.Sum(nil))
}

// Optimal reports whether the maximum error is proved to be the least.
func (r *Certificate) Optimal() bool { return r.Bound == r.Max }

func parseSquares(text string) (*big.Int, bool) {
	v, ok := new(big.Int).SetString(text, 10)
	return v, ok && v.String() == text
}
