package dynamo

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// sdkImporter gives the packages of the SDKs, and what they import, to the type checker.
type sdkImporter map[string]*types.Package

func (m sdkImporter) Import(path string) (*types.Package, error) {
	if pkg := m[path]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("%s is not loaded", path)
}

// programs is the source of the calls. Each function holds one call; its comment says what OfCall must answer: the
// operation, the index of the input and what else is set, or "none".
const programs = `package programs

import (
	"context"

	v2 "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	v1 "github.com/aws/aws-sdk-go/service/dynamodb"
)

type api interface {
	PutItem(context.Context, *v2.PutItemInput, ...func(*v2.Options)) (*v2.PutItemOutput, error)
	NextPage(context.Context, ...func(*v2.Options)) (*v2.ScanOutput, error)
	Store(*v2.PutItemInput) (*v2.PutItemOutput, error)
	Save(*v2.PutItemInput) error
}

type input = *v2.PutItemInput

type store struct{ *v2.Client }

type mock struct{}

func (mock) PutItem(ctx context.Context, in *v2.PutItemInput) (*v2.PutItemOutput, error) { return nil, nil }

func (mock) put(in *v2.PutItemInput) (*v2.PutItemOutput, error) { return nil, nil }

type pager struct{}

func (pager) NextPage(context.Context) (*v2.QueryOutput, error) { return nil, nil }

func fill(in *v2.PutItemInput) *v2.PutItemInput { return in }

// PutItem 2
func client(c *v2.Client, ctx context.Context) { c.PutItem(ctx, &v2.PutItemInput{}) }

// PutItem 1
func local(c api, ctx context.Context) { c.PutItem(ctx, &v2.PutItemInput{}) }

// PutItem 0
func renamed(c api) { c.Store(&v2.PutItemInput{}) }

// none
func port(c api) { c.Save(&v2.PutItemInput{}) }

// PutItem 2
func embedded(s store, ctx context.Context) { s.PutItem(ctx, &v2.PutItemInput{}) }

// PutItem 2 own
func mocked(m mock, ctx context.Context) { m.PutItem(ctx, &v2.PutItemInput{}) }

// none
func ownMethod(m mock) { m.put(&v2.PutItemInput{}) }

// none
func helper(in *v2.PutItemInput) { fill(in) }

// PutItem 1
func generic[C interface {
	PutItem(context.Context, input, ...func(*v2.Options)) (*v2.PutItemOutput, error)
}](c C, ctx context.Context) {
	c.PutItem(ctx, &v2.PutItemInput{})
}

// PutItem 1
func value(put func(context.Context, input) (*v2.PutItemOutput, error), ctx context.Context) { put(ctx, nil) }

// PutItem 1
func bound(c *v2.Client, ctx context.Context) {
	put := c.PutItem
	put(ctx, &v2.PutItemInput{})
}

// PutItem 2
func expression(c *v2.Client, ctx context.Context) { (*v2.Client).PutItem(c, ctx, &v2.PutItemInput{}) }

// PutItem 2
func deferred(c *v2.Client, ctx context.Context) { defer c.PutItem(ctx, &v2.PutItemInput{}) }

// none
func table(c *v2.Client, ctx context.Context) { c.DescribeTable(ctx, &v2.DescribeTableInput{}) }

// none
func waiter(c *v2.Client) { v2.NewTableExistsWaiter(c) }

// Query 1 constructor
func paginator(c *v2.Client) *v2.QueryPaginator { return v2.NewQueryPaginator(c, &v2.QueryInput{}) }

// Scan 1 constructor
func scanner(c *v2.Client) *v2.ScanPaginator { return v2.NewScanPaginator(c, &v2.ScanInput{}) }

// BatchGetItem 1 constructor
func batches(c *v2.Client) *v2.BatchGetItemPaginator { return v2.NewBatchGetItemPaginator(c, &v2.BatchGetItemInput{}) }

// Query 0 page
func page(p *v2.QueryPaginator, ctx context.Context) { p.NextPage(ctx) }

// Scan -1 page
func pageOf(p api, ctx context.Context) { p.NextPage(ctx) }

// none
func ownPage(p pager, ctx context.Context) { p.NextPage(ctx) }

// none
func tables(p *v2.ListTablesPaginator, ctx context.Context) { p.NextPage(ctx) }

// PutItem 1
func old(c *v1.DynamoDB) { c.PutItem(&v1.PutItemInput{}) }

// PutItem 2
func oldContext(c *v1.DynamoDB, ctx context.Context) { c.PutItemWithContext(ctx, &v1.PutItemInput{}) }

// PutItem 1 request
func oldRequest(c *v1.DynamoDB) { c.PutItemRequest(&v1.PutItemInput{}) }

// Query 1 callback 2
func oldPages(c *v1.DynamoDB) {
	c.QueryPages(&v1.QueryInput{}, func(*v1.QueryOutput, bool) bool { return true })
}

// Scan 2 callback 3
func oldPagesContext(c *v1.DynamoDB, ctx context.Context) {
	c.ScanPagesWithContext(ctx, &v1.ScanInput{}, func(*v1.ScanOutput, bool) bool { return true })
}

// none
func oldSetter(in *v1.PutItemInput) { in.SetTableName("t") }

// none
func oldValidate(in *v1.PutItemInput) { in.Validate() }
`

// buildPrograms builds the SSA of programs.
func buildPrograms(t *testing.T) (*ssa.Package, *ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "programs.go", programs, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	imp := sdkImporter{}
	var add func(*types.Package)
	add = func(pkg *types.Package) {
		if imp[pkg.Path()] == nil {
			imp[pkg.Path()] = pkg
			for _, dep := range pkg.Imports() {
				add(dep)
			}
		}
	}
	add(sdk(t, serviceV2))
	add(sdk(t, serviceV1))
	imp["context"] = sdk(t, "context")
	pkg := types.NewPackage("example.com/programs", "programs")
	built, _, err := ssautil.BuildPackage(&types.Config{Importer: imp}, fset, pkg, []*ast.File{f}, ssa.InstantiateGenerics)
	if err != nil {
		t.Fatal(err)
	}
	return built, f
}

func TestOfCall(t *testing.T) {
	pkg, f := buildPrograms(t)
	tested := 0
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Doc == nil {
			continue
		}
		tested++
		want := strings.TrimSpace(fn.Doc.Text())
		if got := answers(pkg.Func(fn.Name.Name)); got != want {
			t.Errorf("%s: %q, want %q", fn.Name.Name, got, want)
		}
	}
	if tested < 29 {
		t.Errorf("only %d functions", tested)
	}
}

// answers writes what OfCall answers for the calls of fn as the comments of programs do.
func answers(fn *ssa.Function) string {
	var all []string
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if call, ok := OfCall(site.Common()); ok {
				all = append(all, describe(call))
			}
		}
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, "; ")
}

// describe writes a call as the comments of programs do.
func describe(c Call) string {
	text := fmt.Sprintf("%s %d", c.Op.Name, c.Input)
	for _, w := range []struct {
		word string
		set  bool
	}{{"constructor", c.Constructor}, {"page", c.Page}, {"request", c.Request}, {"own", c.Own}} {
		if w.set {
			text += " " + w.word
		}
	}
	if c.Callback >= 0 {
		text += fmt.Sprintf(" callback %d", c.Callback)
	}
	return text
}

func TestPaginatorOf(t *testing.T) {
	for name, want := range map[string]string{
		"QueryPaginator": "Query", "ScanPaginator": "Scan", "BatchGetItemPaginator": "BatchGetItem", "ListTablesPaginator": "",
		"QueryInput": "",
	} {
		op, ok := PaginatorOf(types.NewPointer(lookup(t, serviceV2, name)))
		if ok != (want != "") || ok && op.Name != want {
			t.Errorf("PaginatorOf(%s) = %v, %t", name, op, ok)
		}
	}
}

func TestSetterOf(t *testing.T) {
	pkg := sdk(t, serviceV1)
	for name, want := range map[string]string{
		"*PutItemInput.SetTableName": "TableName", "*Update.SetKey": "Key", "*AttributeValue.SetS": "S",
		"*PutItemInput.Validate": "", "*DynamoDB.PutItem": "", "New": "",
	} {
		fn := function(pkg, name)
		if fn == nil {
			t.Fatalf("no %s", name)
		}
		if field, ok := SetterOf(fn); field != want || ok != (want != "") {
			t.Errorf("SetterOf(%s) = %q, %t", name, field, ok)
		}
	}
	if field, ok := SetterOf(function(sdk(t, serviceV2), "*Client.PutItem")); ok {
		t.Errorf("v2: %q", field)
	}
}
