# make test is the one gate: it installs what is missing and runs everything.

GO ?= go

# What the tests run, as Debian 12 calls the packages.
PACKAGES = gcc g++ libc6-dev clang clang-19 libclang-rt-14-dev llvm-14 llvm-16 llvm-19 \
	iverilog verilator yosys cadical nextpnr-ice40 sollya strace

.PHONY: build test lint fmt bench bench-fit bench-area bench-prove tools

# Without cgo the program needs no dynamic linking, a good part of its start.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/grauc ./cmd/grauc

test: tools lint
	GRAUC_TOOLS=required $(GO) test -timeout 40m ./...

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then \
		echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

fmt:
	gofmt -w .

bench: build
	$(GO) run ./bench

# How good and how fast fits are; docs/fitting.md has what it prints.
bench-fit:
	$(GO) run ./bench/fit

# How large and how fast hardware is; it takes hours for all of it. AREA="-widths 24 -channels 1" limits it, and
# AREA="-known FILE" keeps measurements, so that a run that was stopped goes on where it was.
bench-area:
	$(GO) run ./bench/area $(AREA)

# How long proofs take of all forms of hardware; half an hour on an idle machine. PROVE="-only table" limits it.
bench-prove:
	$(GO) run ./bench/prove $(PROVE)

tools:
	@missing=; for p in $(PACKAGES); do \
		dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q '^install ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ] && ! command -v apt-get >/dev/null; then \
		echo "The tests need what Debian calls$$missing; tests whose tools are missing fail."; \
	elif [ -n "$$missing" ]; then \
		echo "The tests need Debian packages that are not installed:$$missing"; \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
		$$sudo apt-get update -q && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing || \
		{ echo "They could not be installed; the tests that need them would fail."; exit 1; }; \
	fi
