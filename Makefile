# make test is the one gate: it installs what is missing and runs everything.

GO ?= go

# program:Debian package
TOOLS = gcc:gcc gcc:libc6-dev g++:g++ clang:clang clang:libclang-rt-14-dev clang-19:clang-19 clang-19:libclang-rt-19-dev \
	llc-14:llvm-14 llc-16:llvm-16 llc-19:llvm-19 \
	iverilog:iverilog verilator:verilator yosys:yosys z3:z3 nextpnr-ice40:nextpnr-ice40

.PHONY: build test lint fmt bench tools

build:
	$(GO) build -o bin/grauc ./cmd/grauc

test: tools lint
	GRAUC_TOOLS=required $(GO) test -timeout 18m ./...

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then \
		echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

fmt:
	gofmt -w .

bench: build
	$(GO) run ./bench

tools:
	@missing=; for t in $(TOOLS); do \
		command -v $${t%%:*} >/dev/null 2>&1 || missing="$$missing $${t#*:}"; done; \
	if [ -n "$$missing" ]; then \
		echo "The tests need Debian packages that are not installed:$$missing"; \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
		$$sudo apt-get update -q && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing || \
		{ echo "They could not be installed; the tests that need them would fail."; exit 1; }; \
	fi
