package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"grauc/compile"
	"grauc/ir"
	"grauc/passes"
	"grauc/passes/cost"
)

func costCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "cost FILE...",
		Short: "Compare what the ways to build layers and units take of a part",
		Long: `Compare what the ways to build each layer take of a part, and say what units take:
look-up tables, those of distributed memory included, flip-flops and block memories,
as estimated for synthesis with Yosys. What is built is marked.`,
		Args: atLeast(1, "a .grau file"),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON instead of tables")
	part := partFlag(cmd.Flags())
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		if err := part.apply(d); err != nil {
			return err
		}
		all, err := compareCosts(d, args)
		if err != nil {
			return err
		}
		if asJSON {
			e := json.NewEncoder(cmd.OutOrStdout())
			e.SetIndent("", "  ")
			return written(e.Encode(all))
		}
		return written(printCosts(cmd.OutOrStdout(), all, d.Part))
	})
	return cmd
}

// fileCost is what a file costs; its lists are never null.
type fileCost struct {
	File   string      `json:"file"`
	Part   string      `json:"part"`
	Layers []layerCost `json:"layers"`
	Units  []unitCost  `json:"units"`
}

type layerCost struct {
	Name         string        `json:"name"`
	Unit         *string       `json:"unit"`
	Why          string        `json:"why"`
	Alternatives []alternative `json:"alternatives"` // the smallest first
}

type alternative struct {
	Form     string `json:"form"`
	MaxError int64  `json:"max_error"`
	Chosen   bool   `json:"chosen"`
	resources
}

type unitCost struct {
	Name         string            `json:"name"`
	Alternatives []unitAlternative `json:"alternatives"` // the smallest first
}

type unitAlternative struct {
	Form     string `json:"form"`
	MaxError *int64 `json:"max_error"` // of the layers on it; null without any
	Chosen   bool   `json:"chosen"`
	resources
}

func optional(e int64) *int64 {
	if e < 0 {
		return nil
	}
	return &e
}

type resources struct {
	LUT   int `json:"lut"`
	FF    int `json:"ff"`
	BRAM  int `json:"bram"`
	Cells int `json:"cells,omitempty"` // logic cells of ice40
}

func taken(c cost.Cost) resources {
	return resources{LUT: c.LUT, FF: c.FF, BRAM: c.BRAM, Cells: c.Cells}
}

func compareCosts(d *compile.Driver, files []string) ([]fileCost, error) {
	modules, err := d.Load(files)
	if err != nil {
		return nil, err
	}
	all := []fileCost{}
	for _, m := range modules {
		p, err := d.Lower(m, ir.LevelDatapath)
		if err != nil {
			return nil, err
		}
		layers, units, err := p.Costs()
		if err != nil {
			return nil, err
		}
		all = append(all, costOf(p, layers, units))
	}
	return all, nil
}

func costOf(p *passes.Program, layers []passes.LayerCost, units []passes.UnitCost) fileCost {
	f := fileCost{File: p.PWL.Name + ".grau", Part: p.PWL.Part.String(), Layers: []layerCost{}, Units: []unitCost{}}
	for _, l := range layers {
		c := layerCost{Name: l.Layer.Name, Why: l.Layer.Why, Alternatives: []alternative{}}
		if l.Layer.Unit != "" {
			c.Unit = &l.Layer.Unit
		}
		for i, a := range l.Alternatives {
			c.Alternatives = append(c.Alternatives, alternative{a.Form, a.Error, i == l.Chosen, taken(a.Cost)})
		}
		f.Layers = append(f.Layers, c)
	}
	for _, u := range units {
		c := unitCost{Name: u.Unit.Name}
		for i, a := range u.Alternatives {
			c.Alternatives = append(c.Alternatives, unitAlternative{a.Form(), optional(a.Error), i == u.Chosen, taken(a.Cost)})
		}
		f.Units = append(f.Units, c)
	}
	return f
}

// printCosts prints a line for each alternative. A fault of w is that of the flush.
func printCosts(w io.Writer, all []fileCost, part ir.Part) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	cells := ""
	if part == ir.ICE40 {
		cells = "CELLS\t"
	}
	fmt.Fprintf(t, "ON %s\tFORM\t%sLUT\tFF\t%s\tMAX ERROR\t\n", part, cells, cost.BlockName(part))
	line := func(name, form string, r resources, e string) {
		if part == ir.ICE40 {
			cells = fmt.Sprintf("%d\t", r.Cells)
		}
		fmt.Fprintf(t, "%s\t%s\t%s%d\t%d\t%d\t%s\t\n", name, form, cells, r.LUT, r.FF, r.BRAM, e)
	}
	for _, f := range all {
		stem := f.File[:len(f.File)-len(".grau")] + "."
		for _, u := range f.Units {
			for _, a := range u.Alternatives {
				e := ""
				if a.MaxError != nil {
					e = fmt.Sprint(*a.MaxError)
				}
				line(stem+u.Name, marked(a.Form, a.Chosen), a.resources, e)
			}
		}
		for _, l := range f.Layers {
			for _, a := range l.Alternatives {
				line(stem+l.Name, marked(a.Form, a.Chosen), a.resources, fmt.Sprint(a.MaxError))
			}
		}
	}
	return t.Flush()
}

func marked(form string, chosen bool) string {
	if chosen {
		return "* " + form
	}
	return "  " + form
}

// partOption is the flag that says for which part something is.
type partOption struct{ name string }

func partFlag(flags *pflag.FlagSet) *partOption {
	p := &partOption{}
	flags.StringVar(&p.name, "part", ir.XC7.String(), "the part that is built for: xc7 or ice40")
	return p
}

func (p *partOption) apply(d *compile.Driver) error {
	part, ok := ir.ParsePart(p.name)
	if !ok {
		return unknown("part", p.name, ir.Parts())
	}
	d.Part = part
	return nil
}
