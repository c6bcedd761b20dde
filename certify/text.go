package certify

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
)

// pieces prints the segments of a function, one a line.
func pieces(f *pwl.Function) []string {
	lines := make([]string, len(f.Segments))
	for i := range f.Segments {
		lines[i] = piece(&f.Segments[i])
		if f.Rows != nil {
			lines[i] += fmt.Sprintf(" + row %d", f.Segments[i].Row)
		}
	}
	return lines
}

func piece(s *pwl.Segment) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %d", s.Start, s.Bias)
	for _, t := range s.Terms {
		sign, arrow, shift := '+', ">>", t.Shift
		if t.Negative {
			sign = '-'
		}
		if shift < 0 {
			arrow, shift = "<<", -shift
		}
		fmt.Fprintf(&b, " %c x%s%d", sign, arrow, shift)
	}
	return b.String()
}

// parsePiece reads what piece printed, and nothing else.
func parsePiece(line string) (s pwl.Segment, ok bool) {
	line, row, rows := strings.Cut(line, " + row ")
	if n, err := strconv.Atoi(row); rows && (err != nil || strconv.Itoa(n) != row) {
		return s, false
	} else if rows {
		s.Row = n
	}
	words := strings.Fields(line)
	if len(words) < 2 || len(words)%2 != 0 {
		return s, false
	}
	start, err := strconv.ParseInt(strings.TrimSuffix(words[0], ":"), 10, 64)
	bias, err2 := strconv.ParseInt(words[1], 10, 64)
	if err != nil || err2 != nil {
		return s, false
	}
	s.Start, s.Bias = start, bias
	for i := 2; i < len(words); i += 2 {
		t := pwl.Term{Negative: words[i] == "-"}
		digits, left := strings.CutPrefix(words[i+1], "x<<")
		if t.Shift, err = strconv.Atoi(strings.TrimPrefix(digits, "x>>")); err != nil {
			return s, false
		}
		if left {
			t.Shift = -t.Shift
		}
		s.Terms = append(s.Terms, t)
	}
	return s, piece(&s) == line
}

// Statement says in words what a certificate claims.
func (r *Certificate) Statement() string {
	if r.Shape == nil {
		return "exact: every output is golden"
	}
	text := fmt.Sprintf("%s, maximum error %d", ir.Plural(len(r.Pieces), "segment"), r.Max)
	if r.Max > 0 {
		text += fmt.Sprintf(", first at %d", r.At)
	}
	text += fmt.Sprintf(", RMSE %s", r.rmse())
	switch {
	case r.Optimal() && r.Max == 0:
		text += "\n  no error: nothing is better"
	case r.Optimal():
		text += fmt.Sprintf("\n  the least: no function of %s of the shape comes below %d", ir.Plural(r.Within, "segment"), r.Bound)
	default:
		text += fmt.Sprintf("\n  no function of %s of the shape has a maximum error below %d", ir.Plural(r.Within, "segment"), r.Bound)
	}
	if r.Claim == Fewest && len(r.Pieces) > 1 {
		text += fmt.Sprintf("\n  no fewer segments: %s cannot keep to %d", ir.Plural(len(r.Pieces)-1, "segment"), *r.Asked)
	}
	if r.Mean != nil {
		text += "\n  " + r.proven().statement(r.among())
	}
	return text
}

// proven is the squares with what a check has proved of a fit of least maximum error.
func (r *Certificate) proven() *Mean {
	m := *r.Mean
	m.Bound = max(m.Bound, r.found)
	return &m
}

// among says of which functions a bound on the squares speaks.
func (r *Certificate) among() string {
	text := fmt.Sprintf("no function of %s of the shape", ir.Plural(r.Within, "segment"))
	switch {
	case r.Claim != Squares:
		text += fmt.Sprintf(" that keeps to %d", r.Max)
	case r.Asked != nil:
		text += fmt.Sprintf(" that keeps to %d", *r.Asked)
	}
	return text
}

func (m *Mean) statement(noOther string) string {
	text := fmt.Sprintf("least squares: sum %d; ", m.Sum)
	switch {
	case m.Sum == 0:
		return text + "nothing is less"
	case m.Bound == 0:
		return text + "how much less another function may have is not proved"
	case m.Bound == m.Sum:
		return text + noOther + " has less"
	}
	text += fmt.Sprintf("%s has less than %d: an RMSE of %s, where %s is proved, at most %.1f%% apart", noOther, m.Bound, m.root(m.Sum), m.root(m.Bound),
		100*(1-math.Sqrt(float64(m.Bound)/float64(m.Sum))))
	if m.Steps > 0 {
		text += fmt.Sprintf(", in 2^%d steps or fewer", bits.Len64(uint64(m.Steps))-1)
	}
	return text
}

// root is the root of a mean of squares.
func (m *Mean) root(sum int64) string {
	return strconv.FormatFloat(math.Sqrt(float64(sum)/float64(m.Weight)), 'f', 3, 64)
}

// rmse is for reading; squares and inputs are exact.
func (r *Certificate) rmse() string {
	squares, ok := new(big.Rat).SetString(r.Squares)
	if !ok || r.Inputs == 0 {
		return "unknown"
	}
	mean := new(big.Float).SetRat(squares.Quo(squares, new(big.Rat).SetUint64(r.Inputs)))
	return mean.Sqrt(mean).Text('f', 3)
}
