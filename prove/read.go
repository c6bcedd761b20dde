package prove

import (
	"fmt"
	"strings"

	"grauc/prove/aig"
	"grauc/prove/netlist"
)

// reading is what is read of modules.
type reading struct {
	verilog string
	modules []string
	view    netlist.View
}

// script keeps undefined values as they are: passes that choose values for them are none
// of it.
const script = "read_verilog design.v; proc -noopt; memory_collect; opt_clean; write_json design.json"

// read has Yosys turn modules into netlists, which are made circuits.
func (w *workshop) read(r reading) ([]*aig.Circuit, error) {
	if err := w.write("design.v", r.verilog); err != nil {
		return nil, err
	}
	switch out, err := w.run("yosys", "-q", "-p", script); {
	case w.ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("yosys: %s", lastLine(out))
	}
	data, err := w.output("design.json")
	if err != nil {
		return nil, err
	}
	design, err := netlist.Parse(data)
	if err != nil {
		return nil, err
	}
	circuits := make([]*aig.Circuit, len(r.modules))
	for i, m := range r.modules {
		if circuits[i], err = design.Circuit(m, r.view); err != nil {
			return nil, err
		}
	}
	return circuits, nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
