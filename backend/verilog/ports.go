package verilog

import (
	"fmt"
	"slices"

	"grauc/ir/datapath"
)

// port is a port of a module.
type port struct {
	name   string
	typ    datapath.Type
	output bool
}

// portOrder is the order of the ports that have a meaning to the compiler; others
// follow as the module has them.
var portOrder = []string{
	"clk", "rst",
	"x_valid", "x_ready", "x", "x_channel",
	"y_valid", "y_ready", "y",
	"cfg_valid", "cfg_ready", "cfg_addr", "cfg_data",
}

var portDocs = map[string]string{
	"clk":       "clock; everything happens at its rising edge",
	"rst":       "synchronous reset, active high; keeps what memories hold",
	"x_valid":   "x is offered",
	"x_ready":   "x is taken at this clock edge if it is offered",
	"x":         "input code",
	"x_channel": "channel of x",
	"y_valid":   "y is offered",
	"y_ready":   "y is taken at this clock edge if it is offered",
	"y":         "output code",
	"cfg_valid": "a word of the configuration is written at this clock edge",
	"cfg_ready": "cfg_data is taken at this clock edge if it is offered: nothing is under way",
	"cfg_addr":  "configuration address",
	"cfg_data":  "configuration data",
}

// guardedDocs are those of a unit whose inputs wait for its configuration.
var guardedDocs = map[string]string{
	"cfg_valid": "cfg_data is offered, to be written to cfg_addr; no x is taken until complete is",
	"rst":       "synchronous reset, active high; keeps the configuration",
}

func (s portSet) doc(name string) string {
	if doc := guardedDocs[name]; doc != "" && s.has("cfg_ready") {
		return doc
	}
	return portDocs[name]
}

func modulePorts(m *datapath.Module) []port {
	var ports []port
	if m.Clocked {
		ports = append(ports, port{"clk", datapath.Bit, false})
	}
	if m.Clocked && m.Resets() {
		ports = append(ports, port{"rst", datapath.Bit, false})
	}
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == datapath.OpInput {
			ports = append(ports, port{n.Name, n.Type, false})
		}
	}
	for _, o := range m.Outputs {
		ports = append(ports, port{o.Name, m.Nodes[o.Value].Type, true})
	}
	slices.SortStableFunc(ports, func(a, b port) int { return portRank(a.name) - portRank(b.name) })
	return ports
}

func portRank(name string) int {
	if i := slices.Index(portOrder, name); i >= 0 {
		return i
	}
	return len(portOrder)
}

// portSet finds ports by name.
type portSet map[string]port

func portsByName(m *datapath.Module) portSet {
	set := portSet{}
	for _, p := range modulePorts(m) {
		set[p.name] = p
	}
	return set
}

func (s portSet) has(name string) bool { _, ok := s[name]; return ok }

// handshake and configuration are ports that a module has all of, or none; without an
// address, a configuration is written where the input offered along with it selects.
var (
	handshake     = []string{"x_valid", "x_ready", "y_valid", "y_ready"}
	configuration = []string{"cfg_valid", "cfg_data"}
)

const addressPort = "cfg_addr"

// knownPorts checks that a testbench can drive the module: it would leave a port
// it does not know unconnected.
func knownPorts(m *datapath.Module) error {
	set := portsByName(m)
	if !set.has("x") || !set.has("y") {
		return fmt.Errorf("verilog: module %s lacks x or y", m.Name)
	}
	for name := range set {
		if portRank(name) == len(portOrder) {
			return fmt.Errorf("verilog: module %s has a port %s, of which no testbench knows", m.Name, name)
		}
	}
	for _, group := range [][]string{handshake, configuration} {
		for _, name := range group {
			if set.has(name) != set.has(group[0]) || set.has(name) && !m.Clocked {
				return fmt.Errorf("verilog: module %s has only some of the ports %v", m.Name, group)
			}
		}
	}
	if set.has(addressPort) && !set.has(configuration[0]) {
		return fmt.Errorf("verilog: module %s has a configuration address and no configuration", m.Name)
	}
	return nil
}
