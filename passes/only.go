package passes

import (
	"fmt"
	"slices"

	"grauc/ir"
)

// Find finds a pass by name.
func Find(name string) (*Pass, bool) {
	i := slices.IndexFunc(Table, func(p Pass) bool { return p.Name == name })
	if i < 0 {
		return nil, false
	}
	return &Table[i], true
}

// LevelError says that a pass cannot run where a program is.
type LevelError struct {
	Pass       string
	Needs, Has ir.Level
}

func (e *LevelError) Error() string {
	return fmt.Sprintf("pass %s needs a program at level %v; it is at %v then", e.Pass, e.Needs, e.Has)
}

// RunOnly runs the named passes and no others, in the order given. It ignores the
// order constraints: whoever names passes looks for what they do.
func RunOnly(p *Program, names []string, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	var table []Pass
	level := p.Level
	for _, name := range names {
		pass, ok := Find(name)
		if !ok {
			return fmt.Errorf("no pass %q to run", name)
		}
		if pass.From != level {
			return &LevelError{Pass: name, Needs: pass.From, Has: level}
		}
		table, level = append(table, *pass), pass.To
	}
	return runTable(table, p, level, o)
}
