package fit

import "fmt"

// telling is told what stage a fit is at. It may be nil.
type telling func(stage string)

const (
	atError    = "least error"
	atTies     = "least squares with that error"
	atPolish   = "lines and breaks by turns"
	atOutline  = "outline by fewer output codes"
	atSquares  = "least squares"
	atUnproved = "least squares without a proof"
)

func (t telling) stage(name string) {
	if t != nil {
		t(name)
	}
}

// tellWork tells how much of its budget a search has used up, whenever that is a percent
// more. Most searches end before they have used up theirs.
func (p *plan) tellWork() {
	if p.at == nil {
		return
	}
	if percent := int(min(p.work, p.budget) / (p.budget/100 + 1)); percent != p.told {
		p.told = percent
		p.at(fmt.Sprintf("%s, %d%% of the steps allowed", p.stage, percent))
	}
}
