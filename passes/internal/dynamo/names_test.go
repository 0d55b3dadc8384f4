package dynamo

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// checkSource type-checks a file that imports only the standard library.
func checkSource(t *testing.T, src string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "names.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := conf.Check("example.com/names", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func TestFieldName(t *testing.T) {
	pkg := checkSource(t, `package names

import "time"

type Base struct{ PK, SK string }
type hidden struct{ Owner string }
type Text string

type Account struct {
	Base
	*hidden
	Nested  Base     `+"`dynamodbav:\"nested\"`"+`
	Balance int      `+"`dynamodbav:\"balance,omitempty\" json:\"amount\"`"+`
	Options int      `+"`dynamodbav:\",omitempty\" json:\"opts\"`"+`
	Version int      `+"`json:\"version,omitempty\"`"+`
	Secret  string   `+"`dynamodbav:\"-\" json:\"secret\"`"+`
	Quiet   string   `+"`json:\"-\"`"+`
	Guregu  string   `+"`dynamo:\"guregu,hash\" json:\"other\"`"+`
	Gone    string   `+"`dynamo:\"-\"`"+`
	Plain   time.Time
	private string
	Base2   `+"`dynamodbav:\"base\"`"+`
	Text
}

type Base2 struct{ A int }
type Alias = Account
type Generic[T any] struct{ Body T `+"`dynamodbav:\"body\"`"+` }
type Instance = Generic[int]
`)
	want := []Field{
		{Transparent: true},
		{Transparent: true},
		{Name: "nested"},
		{Name: "balance"},
		{Name: "opts", Alias: "Options"},
		{Name: "version", Alias: "Version"},
		{Omitted: true},
		{Name: "Quiet"},
		{Name: "guregu"},
		{Omitted: true},
		{Name: "Plain"},
		{Omitted: true},
		{Name: "base"},
		{Name: "Text"},
	}
	account := pkg.Scope().Lookup("Account").Type()
	alias := pkg.Scope().Lookup("Alias").Type()
	for _, owner := range []types.Type{account, types.NewPointer(account), account.Underlying(), alias} {
		if n := account.Underlying().(*types.Struct).NumFields(); n != len(want) {
			t.Fatalf("%d fields, %d expected", n, len(want))
		}
		for i, w := range want {
			if got := FieldName(owner, i); got != w {
				t.Errorf("field %d of %s: %+v, want %+v", i, owner, got, w)
			}
		}
	}
	if got := FieldName(pkg.Scope().Lookup("Instance").Type(), 0); got != (Field{Name: "body"}) {
		t.Errorf("field of a generic struct: %+v", got)
	}
	for _, i := range []int{-1, len(want)} {
		if got := FieldName(account, i); !got.Omitted {
			t.Errorf("field %d, which there is not: %+v", i, got)
		}
	}
	if got := FieldName(types.Typ[types.Int], 0); !got.Omitted {
		t.Errorf("field of an int: %+v", got)
	}
}

func TestCarriers(t *testing.T) {
	for _, name := range []string{"S", "N", "B", "BOOL", "SS", "NS", "BS", "L", "M", "NULL"} {
		member := lookup(t, typesV2, "AttributeValueMember"+name)
		if member == nil {
			t.Fatalf("no member %s", name)
		}
		if got := FieldName(member, 0); !got.Transparent {
			t.Errorf("value of %s: %+v", member, got)
		}
	}
	if got := FieldName(types.NewPointer(lookup(t, serviceV1, "AttributeValue")), 3); !got.Transparent {
		t.Errorf("field of v1 AttributeValue: %+v", got)
	}
	for _, other := range []*types.Named{
		lookup(t, typesV2, "AttributeValueUpdate"), lookup(t, serviceV1, "AttributeValueUpdate"), lookup(t, serviceV2, "PutItemInput"),
	} {
		if Carrier(other) {
			t.Errorf("%s carries one value", other)
		}
	}
}

func TestSameAttribute(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"balance", "balance", true},
		{"user_id", "UserID", true},
		{"userId", "user_id", true},
		{"_version", "Version", true},
		{"balance", "balances", false},
		{"a_b", "a-b", false},
		{"", "x", false},
	} {
		if SameAttribute(tt.a, tt.b) != tt.same || SameAttribute(tt.b, tt.a) != tt.same {
			t.Errorf("SameAttribute(%q, %q) is not %t", tt.a, tt.b, tt.same)
		}
	}
}

func TestStoredPlain(t *testing.T) {
	pkg := checkSource(t, `package names

type Row struct {
	Name    string   `+"`json:\"name\"`"+`
	Note    string   `+"`json:\"note,omitempty\"`"+`
	Rev     int      `+"`dynamodbav:\"rev,string\"`"+`
	Tags    []string `+"`dynamodbav:\"tags,omitempty,stringset\"`"+`
	Label   string   `+"`dynamodbav:\"label,nullempty\"`"+`
	Age     int      `+"`json:\"age,string\"`"+`
	Guregu  string   `+"`dynamo:\"guregu,null\"`"+`
	Bare    string
}
`)
	row := pkg.Scope().Lookup("Row").Type().Underlying().(*types.Struct)
	for i, want := range []struct{ v2, v1, null bool }{
		{v2: true, v1: true, null: true}, {v2: true, v1: true}, {}, {}, {null: true}, {v2: true}, {null: true}, {v2: true, v1: true, null: true},
	} {
		v1, v2 := Dialect{V1: true}, Dialect{}
		if name := row.Field(i).Name(); v2.StoredPlain(row, i) != want.v2 || v1.StoredPlain(row, i) != want.v1 || v1.EmptyIsNull(row, i) != want.null || v2.EmptyIsNull(row, i) {
			t.Errorf("%s: plain %v, in version 1 %v; empty is NULL %v", name, v2.StoredPlain(row, i), v1.StoredPlain(row, i), v1.EmptyIsNull(row, i))
		}
	}
}
