package dynamo

import (
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"
)

// administration are the types of guregu/dynamo that manage tables and touch no item, and descriptions.
var administration = strings.Fields(`CreateTable DeleteTable DescribeTable DescribeTTL UpdateTTL UpdateTable ListTables
	Description TTLDescription`)

// administrative are the other methods that touch no item.
var administrative = strings.Fields(`DB.Client DB.CreateTable DB.ListTables Table.DeleteTable Table.Describe
	Table.DescribeTTL Table.Name Table.UpdateTTL Table.UpdateTable Table.Wait`)

func TestEveryMapper(t *testing.T) {
	loaded, err := loadTypes([]string{guregu, guregu + "/v2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{guregu, guregu + "/v2"} {
		pkg := loaded[path]
		if pkg == nil {
			t.Fatalf("%s cannot be loaded", path)
		}
		seen := map[string]bool{}
		for _, fn := range mapperMethods(pkg) {
			_, recv := named(fn.Signature().Recv().Type())
			name := recv + "." + strings.TrimSuffix(strings.TrimSuffix(fn.Name(), "WithContext"), "Context")
			m, ok := MapperOf(fn)
			if other := slices.Contains(administrative, name) || slices.Contains(administration, recv); ok == other {
				t.Errorf("%s: in the table: %t, administrative: %t", fn.FullName(), ok, other)
			}
			seen[name] = true
			if ok {
				checkMapper(t, fn, m)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(mappers)) {
			if !seen[name] {
				t.Errorf("%s has no %s", path, name)
			}
		}
	}
}

// mapperMethods returns the exported methods of the types of guregu/dynamo, those of its iterators included.
func mapperMethods(pkg *types.Package) []*types.Func {
	var fns []*types.Func
	for _, fn := range exportedFunctions(pkg) {
		if fn.Signature().Recv() != nil {
			fns = append(fns, fn)
		}
	}
	for _, name := range []string{"Iter", "PagingIter", "ParallelIter"} {
		iface := pkg.Scope().Lookup(name).Type().Underlying().(*types.Interface)
		for fn := range iface.ExplicitMethods() {
			fns = append(fns, fn)
		}
	}
	return fns
}

// checkMapper compares the indexes of the table with the types of the parameters, and Chain with the result.
func checkMapper(t *testing.T, fn *types.Func, m Mapper) {
	t.Helper()
	sig := fn.Signature()
	kind := func(i int) string {
		if i > sig.Params().Len() {
			return "missing"
		}
		switch p := sig.Params().At(i - 1).Type(); {
		case sig.Variadic() && i == sig.Params().Len():
			return "list"
		case types.IsInterface(p) && p.Underlying().(*types.Interface).Empty():
			return "any"
		default:
			if _, name := named(p); name != "" {
				return name
			}
			return p.String()
		}
	}
	for what, c := range map[string]struct {
		index int
		kinds string
	}{
		"name": {m.Name, "string"}, "text": {m.Text, "string"}, "cmp": {m.Cmp, "Operator"}, "values": {m.Values, "list"},
		"out": {m.Out, "any"}, "table": {m.Table, "Table"}, "value": {m.Value, "any Query Put Update Delete ConditionCheck"},
	} {
		if c.index != 0 && !slices.Contains(strings.Fields(c.kinds), kind(c.index)) {
			t.Errorf("%s: %s is argument %d, a %s", fn.FullName(), what, c.index, kind(c.index))
		}
	}
	if sig.Variadic() && m.Values == 0 && m.Role != MapOption && m.Role != MapStart {
		t.Errorf("%s: its list is not in the table", fn.FullName())
	}
	if last := sig.Params().Len(); last > 0 && kind(last) == "any" && m.Value+m.Out == 0 {
		t.Errorf("%s: its last argument is not in the table", fn.FullName())
	}
	_, recv := named(sig.Recv().Type())
	chain := false
	if sig.Results().Len() == 1 {
		_, result := named(sig.Results().At(0).Type())
		chain = result == recv && m.Role != MapOther
	}
	if m.Chain != chain {
		t.Errorf("%s: chain: %t", fn.FullName(), m.Chain)
	}
	if op := m.Op; (m.Role == MapRun || m.Role == MapCount || m.Role == MapIter) && op != "" {
		if _, ok := ByName(op); !ok {
			t.Errorf("%s: no operation %s", fn.FullName(), op)
		}
	}
}

func TestMapperContext(t *testing.T) {
	loaded, err := loadTypes([]string{guregu, guregu + "/v2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path, method string
		out          int
	}{
		{guregu, "*Query.One", 1}, {guregu, "*Query.OneWithContext", 2}, {guregu + "/v2", "*Query.One", 2},
		{guregu + "/v2", "*Scan.AllParallel", 3}, {guregu + "/v2", "*Put.Run", 0},
	} {
		if m, ok := MapperOf(function(loaded[tt.path], tt.method)); !ok || m.Role != MapRun || m.Out != tt.out {
			t.Errorf("%s %s: %+v, %t", tt.path, tt.method, m, ok)
		}
	}
}

func TestSubstitute(t *testing.T) {
	for _, tt := range []struct {
		expr, text string
		names      map[string]string
		args       []string
	}{
		{"Count > ?", "Count > :arg0", nil, []string{":arg0"}},
		{"$ = ? AND 'Other One' < ?", "#arg0 = :arg1 AND #quoted0 < :arg2", map[string]string{"#quoted0": "Other One"},
			[]string{"#arg0", ":arg1", ":arg2"}},
		{"attribute_not_exists('a?')", "attribute_not_exists(#quoted0)", map[string]string{"#quoted0": "a?"}, nil},
		{"a = 'open", "a = 'open", nil, nil},
		{"", "", nil, nil},
	} {
		text, names, args := Substitute(tt.expr)
		if text != tt.text || !maps.Equal(names, tt.names) || !slices.Equal(args, tt.args) {
			t.Errorf("Substitute(%q) = %q, %v, %v", tt.expr, text, names, args)
		}
	}
}
