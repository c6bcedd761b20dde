package golden

import (
	"errors"
	"math"
	"slices"
	"sync"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/steps"
)

// Inputs of up to sureWidth bits get an answer whatever it takes. Wider ones are
// refused beyond a bound on the work: maxEffort pieces, or fewer where single inputs
// need arbitrary precision, which costs as much as settleCost pieces.
const (
	sureWidth  = 24
	maxEffort  = 1 << 25
	settleCost = 32
)

// sweepBelow is the number of codes that are sooner decided one by one.
const sweepBelow = 6

// runs splits the domain into pieces on which the function is proved constant or
// monotone, down to single codes, and finds the run ends in each.
func runs(q *real.Quantizer, in ir.Integer) ([]steps.Run, error) {
	s := &search{quantizer: q, effort: maxEffort}
	room := rooms.Get().(*[]steps.Run)
	defer rooms.Put(room)
	s.found = (*room)[:0]
	if in.Width <= sureWidth {
		s.effort = math.MaxInt64
	}
	if err := s.piece(in.Min(), in.Max()); err != nil {
		return nil, err
	}
	*room = s.found
	return slices.Clone(s.found), nil
}

// rooms keeps room for the runs of the functions to come, whose number is not known before.
var rooms = sync.Pool{New: func() any { return new([]steps.Run) }}

// search goes through the domain from left to right. slope and before are the mean
// slopes of the last two runs, good only for guesses.
type search struct {
	quantizer     *real.Quantizer
	found         []steps.Run
	effort        int64 // left
	slope, before float64
}

// sample is the golden code at an input, with an estimate of the real number that
// was rounded.
type sample struct {
	x, y int64
	t    float64
}

func (s *search) sample(x int64) (sample, error) {
	y, t, err := s.quantizer.Point(x)
	if err != nil {
		return sample{}, &fault{x, err}
	}
	return sample{x, y, t}, nil
}

func (s *search) extend(x, y int64) { s.found = extend(s.found, x, y) }

func (s *search) piece(first, last int64) error {
	s.effort--
	if s.effort < int64(s.quantizer.Settled)*settleCost {
		return &fault{first, errEffort}
	}
	if last-first < sweepBelow {
		return s.sweep(first, last)
	}
	switch verdict, code := s.quantizer.Piece(first, last); verdict {
	case real.Constant:
		s.extend(first, code)
		return nil
	case real.Increasing, real.Decreasing:
		return s.monotone(first, last)
	}
	middle := first + (last-first)/2
	if err := s.piece(first, middle); err != nil {
		return err
	}
	return s.piece(middle+1, last)
}

func (s *search) sweep(first, last int64) error {
	for x := first; x <= last; x++ {
		p, err := s.sample(x)
		if err != nil {
			return err
		}
		s.extend(x, p.y)
	}
	return nil
}

// monotone walks from run end to run end.
func (s *search) monotone(first, last int64) error {
	at, err := s.sample(first)
	if err != nil {
		return err
	}
	end, err := s.sample(last)
	if err != nil {
		return err
	}
	s.extend(first, at.y)
	for at.y != end.y {
		next, err := s.step(at, end)
		if err != nil {
			return err
		}
		s.before, s.slope = s.slope, (next.t-at.t)/float64(next.x-at.x)
		s.extend(next.x, next.y)
		at = next
	}
	return nil
}

// step finds the first input after from whose code differs from from's, on a monotone
// piece that ends in end with another code. Guesses decide only how soon: the
// search ends when two neighbours have different proved codes.
func (s *search) step(from, end sample) (sample, error) {
	border := s.quantizer.Border(from.y, end.y > from.y)
	low, high := from, end
	guess := s.extrapolate(from, border)
	for n := 0; high.x-low.x > 1; n++ {
		p, err := s.sample(within(guess, low.x, high.x))
		if err != nil {
			return sample{}, err
		}
		if p.y == from.y {
			low = p
		} else {
			high = p
		}
		switch {
		case n == 0:
			guess = s.correct(from, p, border)
		case n > 4 && n%2 != 0:
			guess = math.NaN() // halve
		default:
			guess = secant(low, high, border)
		}
	}
	return high, nil
}

// extrapolate guesses where the border is met from the slopes of the last two runs.
func (s *search) extrapolate(from sample, border float64) float64 {
	slope := 2*s.slope - s.before
	if ratio := slope / s.slope; !(0.5 < ratio && ratio < 2) {
		slope = s.slope
	}
	return float64(from.x) + (border-from.t)/slope
}

// correct improves a guess p by the slope near p.
func (s *search) correct(from, p sample, border float64) float64 {
	mean := (p.t - from.t) / float64(p.x-from.x)
	slope := mean + (mean-s.slope)/2
	if ratio := slope / mean; !(0.5 < ratio && ratio < 2) {
		slope = mean
	}
	return float64(p.x) + (border-p.t)/slope
}

func secant(low, high sample, border float64) float64 {
	return float64(low.x) + (border-low.t)*float64(high.x-low.x)/(high.t-low.t)
}

// within is the first integer past a guess, moved strictly between low and high; the
// middle where the guess is far outside or no number.
func within(guess float64, low, high int64) int64 {
	if !(float64(low-1) <= guess && guess <= float64(high+1)) {
		return low + (high-low)/2
	}
	return max(low+1, min(int64(math.Ceil(guess)), high-1))
}

var errEffort = errors.New("too much work")
