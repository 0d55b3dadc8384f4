package dynamo

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
)

// onlyV2 are builders that package expression of SDK v1, which is no longer developed, does not have.
var onlyV2 = strings.Fields("NameNoDotSplit NameBuilder.AppendName ValueWithOptions ConditionBuilder.IsSet KeyConditionBuilder.IsSet")

func TestEveryBuilder(t *testing.T) {
	for _, path := range []string{expressionV2, expressionV1} {
		var seen []string
		for _, fn := range exportedFunctions(sdk(t, path)) {
			name := strings.TrimPrefix(strings.NewReplacer("(", "", ")", "", "*", "").Replace(fn.FullName()), path+".")
			if name = strings.TrimPrefix(name, "*"); strings.HasSuffix(name, "Error.Error") {
				continue
			}
			seen = append(seen, name)
			if b, ok := BuilderOf(fn); !ok {
				t.Errorf("%s is not in the table", fn.FullName())
			} else {
				checkBuilder(t, fn, b)
			}
		}
		for name := range builders {
			if absent := path == expressionV1 && slices.Contains(onlyV2, name); slices.Contains(seen, name) == absent {
				t.Errorf("%s: %s is in the table; in the SDK: %t", path, name, !absent)
			}
		}
	}
}

// checkBuilder compares what the table says of a function with its type.
func checkBuilder(t *testing.T, fn *types.Func, b Builder) {
	t.Helper()
	sig := fn.Signature()
	if options := fn.Name() == "ValueWithOptions"; sig.Variadic() != b.Variadic && !options {
		t.Errorf("%s: variadic: %t in the SDK", fn.FullName(), sig.Variadic())
	}
	results := map[BuilderRole]string{
		BuildName: "NameBuilder", BuildValue: "ValueBuilder", BuildKey: "KeyBuilder", BuildSize: "SizeBuilder",
		BuildCondition: "ConditionBuilder", BuildLogic: "ConditionBuilder", BuildSetValue: "SetValueBuilder",
		BuildUpdate: "UpdateBuilder", BuildKeyCondition: "KeyConditionBuilder", BuildKeyLogic: "KeyConditionBuilder",
		BuildProjection: "ProjectionBuilder", BuilderNew: "Builder", BuilderWith: "Builder", BuilderBuild: "Expression",
	}
	_, result := named(sig.Results().At(0).Type())
	if want, ok := results[b.Role]; ok && result != want {
		t.Errorf("%s is a %s, but returns %s", fn.FullName(), b.Role, result)
	}
	first := sig.Recv()
	if first == nil && sig.Params().Len() > 0 {
		first = sig.Params().At(0)
	}
	if first != nil {
		if _, arg := named(first.Type()); b.Chain != (arg == result && b.extends()) {
			t.Errorf("%s: chain: %t, argument 0 is %s, the result %s", fn.FullName(), b.Chain, arg, result)
		}
	}
}

// extends reports whether the role is one whose results can be extended.
func (b Builder) extends() bool {
	return b.Role == BuildUpdate || b.Role == BuildProjection || b.Role == BuilderWith
}

// exportedFunctions returns the exported functions of a package and the exported methods of its types.
func exportedFunctions(pkg *types.Package) []*types.Func {
	fns := packageFunctions(pkg)
	for _, name := range pkg.Scope().Names() {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || !obj.Exported() || types.IsInterface(obj.Type()) {
			continue
		}
		fns = append(fns, exportedMethods(obj.Type())...)
	}
	return fns
}

// TestBuilderOps runs the real builders and looks for the operator that the table gives them in the text they make.
func TestBuilderOps(t *testing.T) {
	a, b, v := expression.Name("a"), expression.Name("b"), expression.Value(1)
	eq := a.Equal(v)
	conditions := map[string]expression.ConditionBuilder{
		"Equal": expression.Equal(a, v), "NotEqual": expression.NotEqual(a, v), "LessThan": expression.LessThan(a, v),
		"LessThanEqual": expression.LessThanEqual(a, v), "GreaterThan": expression.GreaterThan(a, v),
		"GreaterThanEqual": expression.GreaterThanEqual(a, v), "Between": expression.Between(a, v, v),
		"In": expression.In(a, v), "BeginsWith": expression.BeginsWith(a, "x"), "Contains": expression.Contains(a, "x"),
		"AttributeType":   expression.AttributeType(a, expression.String),
		"AttributeExists": expression.AttributeExists(a), "AttributeNotExists": expression.AttributeNotExists(a),
		"And": expression.And(eq, eq), "Or": expression.Or(eq, eq), "Not": expression.Not(eq),
	}
	for name, c := range conditions {
		e, err := expression.NewBuilder().WithCondition(c).Build()
		if err != nil {
			t.Fatal(err)
		}
		contains(t, name, *e.Condition())
	}
	values := map[string]expression.SetValueBuilder{
		"Plus": expression.Plus(a, v), "Minus": expression.Minus(a, v), "ListAppend": expression.ListAppend(a, b),
		"IfNotExists": expression.IfNotExists(a, v),
	}
	updates := map[string]expression.UpdateBuilder{
		"Set": expression.Set(a, v), "Remove": expression.Remove(a), "Add": expression.Add(a, v), "Delete": expression.Delete(a, v),
	}
	for name, value := range values {
		updates[name] = expression.Set(b, value)
	}
	for name, u := range updates {
		e, err := expression.NewBuilder().WithUpdate(u).Build()
		if err != nil {
			t.Fatal(err)
		}
		contains(t, name, *e.Update())
	}
}

// contains checks that an expression is written with the operator that the table has for name.
func contains(t *testing.T, name, text string) {
	t.Helper()
	op := builders[name].Op
	if op == "" || !slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ()\n", r) }), op) {
		t.Errorf("%s is %q in the table, but makes %q", name, op, text)
	}
}

// TestBuildersShareContent holds the remark at Builder.Chain against the SDK.
func TestBuildersShareContent(t *testing.T) {
	update := expression.Set(expression.Name("a"), expression.Value(1))
	update.Remove(expression.Name("b"))
	builder := expression.NewBuilder().WithUpdate(update)
	builder.WithCondition(expression.AttributeExists(expression.Name("a")))
	e, err := builder.Build()
	if err != nil {
		t.Fatal(err)
	}
	if e.Condition() == nil || !strings.Contains(*e.Update(), "REMOVE") {
		t.Errorf("dropped results are lost: condition %v, update %q", e.Condition(), *e.Update())
	}
	empty := expression.NewBuilder()
	empty.WithCondition(expression.AttributeExists(expression.Name("a")))
	if _, err := empty.Build(); err == nil {
		t.Error("a dropped result of an empty builder takes effect")
	}
}
