# Go alone is needed for build, test and lint.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
BIN = bin/ddbvet

.PHONY: build test lint fmt vet staticcheck self test-all clean

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

# Everything that is run before a release.
test-all: test lint

clean:
	rm -rf bin
