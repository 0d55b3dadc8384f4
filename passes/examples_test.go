package passes_test

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/passes"
)

// frame is what the examples in the documentation take for granted.
const frame = `package example

import (
	"context"
	"errors"
	"log"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

type Store struct {
	db                                                                *dynamodb.Client
	cards, handles, keys, users, auctions, bids, counters, invoices string
}

type Card struct {
	ID      string ` + "`dynamodbav:\"id\"`" + `
	Cents   int64  ` + "`dynamodbav:\"cents\"`" + `
	Version int64  ` + "`dynamodbav:\"version\"`" + `
}

type Auction struct {
	ID    string ` + "`dynamodbav:\"id\"`" + `
	State string ` + "`dynamodbav:\"state\"`" + `
}

var (
	ErrTaken   = errors.New("taken")
	ErrTooMany = errors.New("too many")
	ErrClosed  = errors.New("closed")
)

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

var (
	_ context.Context
	_ events.DynamoDBEvent
	_ = aws.String
	_ = attributevalue.MarshalMap
	_ = uuid.NewString
	_ = log.Print
	_ time.Time
)

`

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// An example is one block of code in a page, and the checks that must speak about it.
type example struct {
	name, code string
	want       []string
}

// TestExamples runs every check on the examples of every page: the wrong ones are found by the check whose
// page it is and by no other, the right ones by none.
func TestExamples(t *testing.T) {
	var all []example
	for _, c := range passes.Checks() {
		wrong, right := blocks(c.Doc, "Wrong"), blocks(c.Doc, "Right")
		if len(wrong) == 0 || len(right) == 0 {
			t.Errorf("%s: no examples", c.Name)
		}
		for i, code := range wrong {
			all = append(all, example{fmt.Sprintf("%s-wrong-%d", c.Name, i), code, []string{c.Name}})
		}
		for i, code := range right {
			all = append(all, example{fmt.Sprintf("%s-right-%d", c.Name, i), code, nil})
		}
	}
	got := findings(t, all)
	for _, x := range all {
		if !slices.Equal(got[x.name], x.want) {
			t.Errorf("%s: findings are %q, want %q:\n%s", x.name, got[x.name], x.want, x.code)
		}
	}
}

// blocks lists the Go code under a heading.
func blocks(doc, heading string) []string {
	_, rest, _ := strings.Cut(doc, "\n## "+heading+"\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	var out []string
	for _, m := range goBlock.FindAllStringSubmatch(section, -1) {
		out = append(out, m[1])
	}
	return out
}

// findings names, for each example, the checks that report something, once for each finding.
func findings(t *testing.T, all []example) map[string][]string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string][]byte{}
	var patterns []string
	for _, x := range all {
		overlay[filepath.Join(root, "testdata", "example", x.name, "example.go")] = []byte(frame + x.code)
		patterns = append(patterns, "./testdata/example/"+x.name)
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: root, Overlay: overlay}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		p.Imports = nil // the SDK carries no facts: what its calls mean is in a table
	}
	graph, err := checker.Analyze(passes.New().Analyzers(), loaded, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Fatal(act.Err)
		}
		for range act.Diagnostics {
			name := path.Base(act.Package.PkgPath)
			out[name] = append(out[name], act.Analyzer.Name)
		}
	}
	return out
}
