package dynamo

import (
	"go/types"
	"strings"
)

// A BuilderRole says what a function or method of package expression makes.
type BuilderRole string

// Roles in package expression.
const (
	// BuildName: an attribute name, dots separating a nested path unless Op is "nosplit"; Op "append" puts name 1 below name 0.
	BuildName BuilderRole = "name"
	// BuildValue: a Go value, argument 0, to be marshalled.
	BuildValue BuilderRole = "value"
	// BuildKey: the name of a key attribute.
	BuildKey BuilderRole = "key"
	// BuildSize: size(name).
	BuildSize BuilderRole = "size"
	// BuildCondition: a comparison or a function, named by Op, of the operands.
	BuildCondition BuilderRole = "condition"
	// BuildLogic: AND, OR or NOT, named by Op, of conditions.
	BuildLogic BuilderRole = "logic"
	// BuildSetValue: what SET assigns: +, -, if_not_exists or list_append, named by Op, of the operands.
	BuildSetValue BuilderRole = "set value"
	// BuildUpdate: one more clause, named by Op, of an update: SET name = operand, REMOVE name, ADD or DELETE name value.
	BuildUpdate BuilderRole = "update"
	// BuildKeyCondition: a comparison of a key attribute.
	BuildKeyCondition BuilderRole = "key condition"
	// BuildKeyLogic: AND of key conditions.
	BuildKeyLogic BuilderRole = "key logic"
	// BuildProjection: a list of names to read.
	BuildProjection BuilderRole = "projection"
	// BuilderNew: an empty Builder.
	BuilderNew BuilderRole = "new"
	// BuilderWith: a Builder with one more part, named by Part; it replaces an earlier one.
	BuilderWith BuilderRole = "with"
	// BuilderBuild: the Expression made of a Builder, and an error.
	BuilderBuild BuilderRole = "build"
	// BuilderGet: the part of an Expression that Part names. It is nil when the Builder was given no such part.
	BuilderGet BuilderRole = "get"
	// BuilderOther: of no meaning to the analysis.
	BuilderOther BuilderRole = "other"
)

// A Builder says what one function or method of package feature/dynamodb/expression of SDK v2, or of
// service/dynamodb/expression of v1, makes of its arguments. The operands are the arguments of the SSA call in order, the
// receiver of a method first, so that Name("a").Equal(Value(1)) and Equal(Name("a"), Value(1)) look alike. An operand whose
// type is none of the package's builders (the prefix of BeginsWith) is a literal value.
type Builder struct {
	Role BuilderRole
	// Op is the operator or function as DynamoDB's expression language spells it: = <> < <= > >= BETWEEN IN begins_with
	// contains attribute_exists AND SET + and so on.
	Op string
	// Part is the part of a request that a BuilderWith sets and a BuilderGet returns: RoleCondition, RoleUpdate and so on.
	Part Role
	// Chain means that argument 0 is an UpdateBuilder, ProjectionBuilder or Builder that the result extends; the operands
	// follow it. Update builders and Builders share their content with the result: a chained call whose result is dropped
	// still takes effect, unless argument 0 was the zero value (an empty Builder, an unset UpdateBuilder).
	Chain bool
	// Variadic means that the last argument is a slice of further operands.
	Variadic bool
}

// BuilderOf returns what a function or method of package expression does.
func BuilderOf(fn *types.Func) (Builder, bool) {
	if fn == nil || fn.Pkg() == nil {
		return Builder{}, false
	}
	path := fn.Pkg().Path()
	if path != expressionV2 && path != expressionV1 {
		return Builder{}, false
	}
	name := fn.Name()
	if recv := fn.Signature().Recv(); recv != nil {
		_, typ := named(recv.Type())
		name = typ + "." + name
	}
	b, ok := builders[name]
	return b, ok
}

// comparisons are the comparison functions and methods of all operands.
var comparisons = map[string]string{
	"Equal": "=", "NotEqual": "<>", "LessThan": "<", "LessThanEqual": "<=", "GreaterThan": ">", "GreaterThanEqual": ">=",
	"Between": "BETWEEN", "In": "IN",
}

// nameConditions are the functions that take a name, besides the comparisons.
var nameConditions = map[string]string{
	"BeginsWith": "begins_with", "Contains": "contains", "AttributeType": "attribute_type",
	"AttributeExists": "attribute_exists", "AttributeNotExists": "attribute_not_exists",
}

// setValues are the functions that make what SET assigns.
var setValues = map[string]string{"Plus": "+", "Minus": "-", "ListAppend": "list_append", "IfNotExists": "if_not_exists"}

// parts are the parts of an Expression, by the names of the Builder and Expression methods.
var parts = map[string]Role{
	"Condition": RoleCondition, "Update": RoleUpdate, "KeyCondition": RoleKeyCondition, "Filter": RoleFilter,
	"Projection": RoleProjection,
}

// builders is the table by function name, or by receiver and method name: Equal, NameBuilder.Equal.
var builders = builderTable()

// builderTable spells out the table: most names exist as a function and as a method of several operands.
func builderTable() map[string]Builder {
	table := map[string]Builder{
		"Name":                    {Role: BuildName},
		"NameNoDotSplit":          {Role: BuildName, Op: "nosplit"},
		"NameBuilder.AppendName":  {Role: BuildName, Op: "append"},
		"Value":                   {Role: BuildValue},
		"ValueWithOptions":        {Role: BuildValue},
		"Key":                     {Role: BuildKey},
		"Size":                    {Role: BuildSize},
		"NameBuilder.Size":        {Role: BuildSize},
		"And":                     {Role: BuildLogic, Op: "AND", Variadic: true},
		"Or":                      {Role: BuildLogic, Op: "OR", Variadic: true},
		"Not":                     {Role: BuildLogic, Op: "NOT"},
		"KeyAnd":                  {Role: BuildKeyLogic, Op: "AND"},
		"KeyConditionBuilder.And": {Role: BuildKeyLogic, Op: "AND"},

		"NamesList":                  {Role: BuildProjection, Variadic: true},
		"NameBuilder.NamesList":      {Role: BuildProjection, Variadic: true},
		"AddNames":                   {Role: BuildProjection, Chain: true, Variadic: true},
		"ProjectionBuilder.AddNames": {Role: BuildProjection, Chain: true, Variadic: true},

		"NewBuilder":        {Role: BuilderNew},
		"Builder.Build":     {Role: BuilderBuild},
		"Expression.Names":  {Role: BuilderGet, Part: RoleNames},
		"Expression.Values": {Role: BuilderGet, Part: RoleValues},

		"ConditionBuilder.IsSet":    {Role: BuilderOther},
		"KeyConditionBuilder.IsSet": {Role: BuilderOther},
	}
	for _, op := range []string{"And", "Or", "Not"} {
		table["ConditionBuilder."+op] = table[op]
	}
	for name, op := range comparisons {
		b := Builder{Role: BuildCondition, Op: op, Variadic: name == "In"}
		spread(table, name, b, "", "NameBuilder.", "ValueBuilder.", "SizeBuilder.")
	}
	for name, op := range nameConditions {
		spread(table, name, Builder{Role: BuildCondition, Op: op}, "", "NameBuilder.")
	}
	for name, op := range setValues {
		spread(table, name, Builder{Role: BuildSetValue, Op: op}, "", "NameBuilder.")
		if name != "IfNotExists" {
			table["ValueBuilder."+name] = table[name]
		}
	}
	for _, name := range strings.Fields("Equal LessThan LessThanEqual GreaterThan GreaterThanEqual Between BeginsWith") {
		op := comparisons[name] + nameConditions[name]
		spread(table, name, Builder{Role: BuildKeyCondition, Op: op}, "Key", "KeyBuilder.")
	}
	for _, name := range []string{"Set", "Remove", "Add", "Delete"} {
		b := Builder{Role: BuildUpdate, Op: strings.ToUpper(name)}
		table[name] = b
		b.Chain = true
		table["UpdateBuilder."+name] = b
	}
	for name, part := range parts {
		table["Builder.With"+name] = Builder{Role: BuilderWith, Part: part, Chain: true}
		table["Expression."+name] = Builder{Role: BuilderGet, Part: part}
	}
	for _, operand := range []string{"Name", "Value", "Key", "Size", "SetValue"} {
		table[operand+"Builder.BuildOperand"] = Builder{Role: BuilderOther}
	}
	return table
}

// spread enters b under name with each prefix.
func spread(table map[string]Builder, name string, b Builder, prefixes ...string) {
	for _, prefix := range prefixes {
		table[prefix+name] = b
	}
}
