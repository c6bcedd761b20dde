package verilog

import (
	"fmt"
	"hash/crc32"
	"math/bits"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

// registerMap is what software sees of a unit behind AXI4-Lite. The decoder, the
// C header, the SystemRDL and the Markdown are all written from it.
type registerMap struct {
	name  string // of the unit's module
	unit  *datapath.Unit
	info  []register
	words []datapath.Field
	banks int // of the words: one for each channel, or one for all

	addr, data datapath.Type // of cfg_addr and cfg_data
	stride     int           // bytes from one word to the next: 8 if a word is wider than 32 bits
	width      int           // of an address
}

// register is one of the registers before the configuration.
type register struct {
	name, doc string
	value     uint32 // that it always has, unless it is status
}

// mapVersion changes when software for the map has to.
const mapVersion = 2

// Numbers of the registers that are more than constants.
const (
	fingerprintRegister = 2
	statusRegister      = 12
)

// infoBits is the width of an address within the registers before the
// configuration.
const infoBits = 6

func newRegisterMap(name string, u *datapath.Unit) *registerMap {
	r := &registerMap{name: name, unit: u, words: u.Fields, banks: u.Channels, stride: 4}
	if u.Load == ir.LoadData {
		r.words, r.banks = offerWords(u), 1
		r.addr = datapath.Type{Width: r.wordBits()}
		for i := range r.words {
			r.data.Width = max(r.data.Width, r.words[i].Type.Width)
		}
	} else {
		r.addr, _ = u.Module.Input("cfg_addr")
		r.data, _ = u.Module.Input("cfg_data")
	}
	if r.data.Width > 32 {
		r.stride = 8
	}
	of := ""
	if r.banks > 1 {
		of = " of a channel"
	}
	r.width = max(infoBits, r.addr.Width+bits.Len(uint(r.stride-1))) + 1
	held := u.Held()
	r.info = []register{
		{"ID", "\"GRAU\" in ASCII", 0x47524155},
		{"VERSION", "version of this layout, major in bits 31..16, minor below", mapVersion << 16},
		{"FINGERPRINT", "CRC-32 of this map: differs where offsets, widths or the unit's geometry do", 0},
		{"SEGMENTS", "segments of a function", uint32(held.Segments)},
		{"TERMS", "shift terms of a slope", uint32(held.Terms)},
		{"SHIFTS", "shifts: smallest in bits 15..0, largest in bits 31..16, both signed", uint32(uint16(held.MinShift)) | uint32(uint16(held.MaxShift))<<16},
		{"GUARD", "fractional bits of a bias", uint32(held.Guard)},
		{"CHANNELS", "channels", uint32(u.Channels)},
		{"INPUT", "input codes: width in bits 7..0, bit 8 signed", typeCode(datapath.TypeOf(u.Input))},
		{"OUTPUT", "output codes: width in bits 7..0, bit 8 signed", typeCode(datapath.TypeOf(u.Output))},
		{"WORDS", "configuration words" + of + " in bits 15..0, bytes from one to the next in bits 31..16", uint32(len(r.words)) | uint32(r.stride)<<16},
		{"LATENCY", "clocks from an input to its output", uint32(u.Module.Latency)},
		{"STATUS", "bit 0 ready: nothing is under way, so that a word need not wait", 0},
	}
	r.info[fingerprintRegister].value = r.fingerprint()
	return r
}

func typeCode(t datapath.Type) uint32 { return uint32(t.Width) | uint32(truth(t.Signed))<<8 }

// fingerprint tells maps apart. It is made while its own register is 0.
func (r *registerMap) fingerprint() uint32 {
	var s strings.Builder
	for _, i := range r.info {
		fmt.Fprintf(&s, "%s %d\n", i.name, i.value)
	}
	for _, f := range r.words {
		fmt.Fprintf(&s, "%s %d %d %s\n", f.Name, f.Word, f.WordBits, f.Type)
	}
	return crc32.ChecksumIEEE([]byte(s.String()))
}

// base is the offset of the configuration: the upper half of the map.
func (r *registerMap) base() uint64 { return 1 << (r.width - 1) }

// complete is the word that says whether inputs are taken.
func (r *registerMap) complete() *datapath.Field { return &r.words[len(r.words)-1] }

func (r *registerMap) wordBits() int { return r.words[0].WordBits }

// channelStride is the bytes from a channel to the next.
func (r *registerMap) channelStride() int { return r.stride << r.wordBits() }

// offset is where a word of channel 0 is.
func (r *registerMap) offset(f *datapath.Field) uint64 {
	return r.base() + uint64(f.Word)*uint64(r.stride)
}

func wide(f *datapath.Field) bool { return f.Type.Width > 32 }

// busWrite is one write over AXI4-Lite.
type busWrite struct {
	offset uint64
	value  uint32
}

// writes is what loads an image. The high half of a wide word comes last.
func (r *registerMap) writes(image *datapath.Image) []busWrite {
	if r.unit.Load == ir.LoadData {
		return r.offers(image)
	}
	fields := fieldsByWord(r.unit)
	var all []busWrite
	for _, w := range image.Words {
		at := r.base() + w.Addr*uint64(r.stride)
		all = append(all, busWrite{at, uint32(w.Data)})
		if f := fields[int(w.Addr&(1<<r.wordBits()-1))]; f != nil && wide(f) {
			all = append(all, busWrite{at + 4, uint32(w.Data >> 32)})
		}
	}
	return all
}

// split are the words that one write holds, and those that need two.
func (r *registerMap) split() (narrow, double []datapath.Field) {
	for i := range r.words {
		if f := &r.words[i]; wide(f) {
			double = append(double, *f)
		} else {
			narrow = append(narrow, *f)
		}
	}
	return narrow, double
}
