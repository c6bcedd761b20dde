package passes

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/passes/fit"
	"grauc/passes/golden"
	"grauc/passes/lower"
)

// Pass takes a program from one level to the same or the next.
type Pass struct {
	Name     string
	Doc      string
	From, To ir.Level
	Required bool    // without it there is no correct output
	After    []Order // what must have run before, and why
	Run      func(*Program) error

	module func(*datapath.Module, ir.Part) // what Run does to each module, where it works on modules
}

// Order is a constraint on the table: Pass comes earlier, because Why.
type Order struct{ Pass, Why string }

// Table is every pass, in the order in which they run.
var Table = append([]Pass{
	{
		Name: "golden", Doc: "decide the correctly rounded output for every input code",
		From: ir.LevelSpec, To: ir.LevelSteps, Required: true,
		Run: func(p *Program) (err error) {
			p.Steps, err = golden.LowerTelling(p.Spec, p.tell)
			return err
		},
	},
	{
		Name: "fit", Doc: "choose the implementation of each layer and fit its segments",
		From: ir.LevelSteps, To: ir.LevelPWL, Required: true,
		After: []Order{{"golden", "segments are fitted to the exact steps"}},
		Run: func(p *Program) (err error) {
			p.PWL, err = fit.LowerTelling(p.Steps, p.tell)
			return err
		},
	},
	{
		Name: "choose", Doc: "build layers that leave it open in the way that takes least of the part",
		From: ir.LevelPWL, To: ir.LevelPWL,
		After: []Order{{"fit", "other ways may be off by as much as segments are"}},
		Run: func(p *Program) error {
			choose(p.PWL)
			return nil
		},
	},
	{
		Name: "lower", Doc: "generate units, their images, fixed functions and kernels",
		From: ir.LevelPWL, To: ir.LevelDatapath, Required: true,
		After: []Order{{"fit", "datapaths compute segments"}},
		Run: func(p *Program) (err error) {
			p.Design, err = lower.Design(p.PWL)
			return err
		},
	},
}, onDatapaths...)

// onDatapaths are the passes on datapaths.
var onDatapaths = []Pass{
	onDatapath("hold", "turn memories that are held constant into tables and constants", modules, hold,
		Order{"lower", "the generator makes the memories"}),
	onDatapath("scalarize", "turn written memories of one word into registers", modules, scalarize,
		Order{"lower", "the generator makes the memories"}),
	onDatapath("fold", "compute what is constant and simplify the rest", modules, fold,
		Order{"hold", "a held configuration is constant only afterwards"},
		Order{"scalarize", "the address of a single word is compared with 0, which folds"}),
	onDatapath("narrow", "give hardware no more bits than the range of a value needs", hardware, narrow,
		Order{"fold", "ranges are tighter once constants have met"}),
	onDatapath("refold", "fold again what narrowing uncovered", modules, fold,
		Order{"narrow", "it leaves casts that cancel"}),
	onDatapath("cse", "make equal values and registers one", modules, cse,
		Order{"refold", "values become equal by being simplified"}),
	onPart("bank", "cut large tables before a register into banks that can be block memories", hardware, bank,
		Order{"cse", "a table that has become one with another has more uses"}),
	onDatapath("dce", "remove what no output depends on", modules, dce,
		Order{"bank", "every rewrite leaves what it replaced behind"}),
}

func onDatapath(name, doc string, of func(*datapath.Design) []*datapath.Module, f func(*datapath.Module), after ...Order) Pass {
	return onPart(name, doc, of, func(m *datapath.Module, _ ir.Part) { f(m) }, after...)
}

// onPart is a pass that depends on the part that the hardware is for.
func onPart(name, doc string, of func(*datapath.Design) []*datapath.Module, f func(*datapath.Module, ir.Part), after ...Order) Pass {
	return Pass{
		Name: name, Doc: doc, From: ir.LevelDatapath, To: ir.LevelDatapath, After: after, module: f,
		Run: func(p *Program) error {
			all := of(p.Design)
			ir.Together(len(all), func(i int) { f(all[i], p.Design.Part) })
			return nil
		},
	}
}

// checkTable reports the first pass that is out of order.
func checkTable(table []Pass) error {
	seen := map[string]bool{}
	level := ir.LevelSpec
	for _, p := range table {
		if seen[p.Name] {
			return fmt.Errorf("pass %s is in the table twice", p.Name)
		}
		if p.From != level || p.To != p.From && p.To != p.From+1 {
			return fmt.Errorf("pass %s goes from %v to %v, where the program is at %v", p.Name, p.From, p.To, level)
		}
		for _, o := range p.After {
			if !seen[o.Pass] {
				return fmt.Errorf("pass %s must come after %s: %s", p.Name, o.Pass, o.Why)
			}
		}
		seen[p.Name], level = true, p.To
	}
	return nil
}
