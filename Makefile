# Go alone is needed for build, test and lint.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
BIN = bin/ddbvet

.PHONY: build test lint fmt vet staticcheck self test-all test-golangci race comparison speed conformance prove mutants clean

build:
	go build -o $(BIN) ./cmd/ddbvet

# Fast: what one runs before each commit.
test:
	go test ./...

lint: fmt vet staticcheck self

fmt:
	@files=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); test -z "$$files" || { echo "not gofmt-ed:"; echo "$$files"; exit 1; }

vet:
	go vet ./...

staticcheck:
	go run $(STATICCHECK) ./...

# ddbvet on itself, through both of its doors.
self: build
	go vet -vettool=$(CURDIR)/$(BIN) ./cmd/... ./passes/...
	$(BIN) ./cmd/... ./passes/...

# The fixtures under every schedule of two clients: what breaks, what the corrected twins keep, and what the
# fixes that ddbvet writes keep.
prove:
	go test -tags fixproof -count=1 -v -run 'TestProve|TestFixes' ./passes/proof

# One guard after the other taken out of the fixtures: what breaks then must be reported.
mutants:
	go test -tags mutants -count=1 -timeout 30m -v -run '^TestMutants$$' ./passes/proof

# The in-process engine against AWS's own DynamoDB Local. Needs Java, and npm the first time.
conformance:
	go test -tags conformance -count=1 -v -run '^TestConformance$$' ./passes/internal/explore

# The other tools on the seeded bugs, beside docs/comparison.md. Builds them from the module proxy: some minutes the first time.
# "make comparison UPDATE=-update" writes the page anew.
comparison:
	go test -tags comparison -count=1 -timeout 60m -run "^TestComparison$$" ./passes $(UPDATE)

# Two plugins at once over the fixtures with the race detector, which needs a C compiler.
race:
	go test -race -count=1 -run '^TestParallel$$' ./cmd/gclplugin

# How long ddbvet and the other tools take on checkouts of repositories, as docs/comparison.md has it: make speed DIRS="…".
speed:
	SPEED="$(DIRS)" go test -tags comparison -count=1 -v -timeout 60m -run "^TestSpeed$$" ./passes

# Builds golangci-lint with the plugin from the module proxy: some minutes the first time.
test-golangci:
	go test -tags golangci -count=1 -timeout 30m -run TestGolangci ./cmd/gclplugin

# Everything that is run before a release.
test-all: test lint race prove mutants conformance test-golangci comparison

clean:
	rm -rf bin
