// Package passes lowers a program from level to level. The passes are one visible
// table (see Table). The runner verifies what comes out; with VerifyEach it verifies
// after every pass and names the culprit.
//
// Passes on datapaths have a file each, named after them; rewrite.go is what they are
// written with. The files choose*.go weigh the ways to build layers and units by what
// they take of a part.
package passes

import (
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
)

// Program is a file on its way down. Level says how far it has come; the levels
// above stay, so that each can be checked against the one it came from.
type Program struct {
	Level  ir.Level
	Spec   *spec.Module
	Steps  *steps.Module
	PWL    *pwl.Module
	Design *datapath.Design

	tell func(ir.Progress) // by the pass that runs, of its share; may be nil
}
