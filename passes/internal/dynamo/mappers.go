package dynamo

import (
	"fmt"
	"go/types"
	"strings"
)

// A MapperRole says what a method of an object mapper does.
type MapperRole string

// Roles of the methods of github.com/guregu/dynamo.
const (
	// MapTable: the result is the table that argument Name names.
	MapTable MapperRole = "table"
	// MapStart: the result is a new operation Op on table argument 0. Name and Value are its hash key, or Value the item to put.
	MapStart MapperRole = "start"
	// MapKey: adds the range key: Name, Value; of a Query also the operator, argument Cmp, of type Operator.
	MapKey MapperRole = "key"
	// MapCondition: one more condition, ANDed to those before: text Text with Values, or, for a ConditionCheck, Op.
	MapCondition MapperRole = "condition"
	// MapFilter: a filter of a read: text Text with Values.
	MapFilter MapperRole = "filter"
	// MapUpdate: one more clause of an update, Op as for BuildUpdate: SET, SET if_not_exists, SET list_append, ADD, REMOVE,
	// DELETE; of path Name and Value, or written as text Text with Values.
	MapUpdate MapperRole = "update"
	// MapAdd: adds to the batch or transaction argument 0: an operation, key or item Value, or a list of them Values. Where
	// Table is set, it is for that table instead of the batch's, and keys are named by the arguments between the two.
	MapAdd MapperRole = "add"
	// MapOption: sets the option Part of the operation.
	MapOption MapperRole = "option"
	// MapRun: sends operation Op. Out, if set, is the argument that the result is decoded into. A read that finds nothing
	// returns ErrNotFound from One, and an empty Out and nil from All.
	MapRun MapperRole = "run"
	// MapCount: sends operation Op; result 0 is a count.
	MapCount MapperRole = "count"
	// MapIter: the result is an iterator over operation Op; nothing is sent yet.
	MapIter MapperRole = "iter"
	// MapNext: decodes the next item of an iterator into Out and sends the operation as needed; false at the end.
	MapNext MapperRole = "next"
	// MapOther: of no meaning to the analysis: table administration, errors of iterators, measurements.
	MapOther MapperRole = "other"
)

// A Mapper says what a method of github.com/guregu/dynamo (v1 or v2) does. All indexes are those of the arguments of the
// SSA call: 0 is the receiver, so 0 means that there is none; the iterators' methods are called in invoke mode, for which
// the indexes are counted as if the receiver were argument 0 all the same, and so are one higher than those in call.Args.
//
// Methods that add something change their receiver and return it: a dropped result takes effect all the same.
type Mapper struct {
	Role MapperRole
	// Op is the name of an operation for MapStart, MapRun, MapCount and MapIter; what a clause does for MapUpdate;
	// attribute_exists or attribute_not_exists of the hash key for MapCondition without text; the field that holds
	// the action, for MapAdd to a transaction.
	Op string
	// Part is the role of an option, or what MapAdd adds: RoleKey, RoleItem, RoleAction, RoleCondition.
	Part Role
	// Chain means that the result is argument 0, changed.
	Chain bool

	Name, Value, Values, Cmp, Text, Out, Table int
}

// MapperOf returns what a method of github.com/guregu/dynamo does. In v1 the methods that send exist with and without
// WithContext; the indexes are those of the form that is called.
func MapperOf(fn *types.Func) (Mapper, bool) {
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() == nil {
		return Mapper{}, false
	}
	if path := fn.Pkg().Path(); path != guregu && path != guregu+"/v2" {
		return Mapper{}, false
	}
	_, recv := named(fn.Signature().Recv().Type())
	name := strings.TrimSuffix(strings.TrimSuffix(fn.Name(), "WithContext"), "Context")
	m, ok := mappers[recv+"."+name]
	if ok && m.Out != 0 {
		m.Out = outOf(fn.Signature())
	}
	return m, ok
}

// outOf returns the index of the out-parameter: the last parameter, after a context or not.
func outOf(sig *types.Signature) int { return sig.Params().Len() }

// mappers is the table by receiver and method.
var mappers = mapperTable()

// mapperTable spells out the table: many methods exist for several operations alike.
func mapperTable() map[string]Mapper {
	table := map[string]Mapper{
		"DB.Table":    {Role: MapTable, Name: 1},
		"Table.Get":   {Role: MapStart, Op: "Query", Name: 1, Value: 2},
		"Table.Scan":  {Role: MapStart, Op: "Scan"},
		"Table.Put":   {Role: MapStart, Op: "PutItem", Value: 1},
		"Table.Batch": {Role: MapStart, Values: 1},
		"Batch.Get":   {Role: MapStart, Op: "BatchGetItem", Part: RoleKey, Values: 1},
		"Batch.Write": {Role: MapStart, Op: "BatchWriteItem"},
		"DB.GetTx":    {Role: MapStart, Op: "TransactGetItems"},
		"DB.WriteTx":  {Role: MapStart, Op: "TransactWriteItems"},
		"Table.Check": {Role: MapStart, Op: "ConditionCheck", Name: 1, Value: 2},

		"Table.Update":         {Role: MapStart, Op: "UpdateItem", Name: 1, Value: 2},
		"Table.Delete":         {Role: MapStart, Op: "DeleteItem", Name: 1, Value: 2},
		"Query.Range":          {Role: MapKey, Chain: true, Name: 1, Cmp: 2, Values: 3},
		"Update.Range":         {Role: MapKey, Chain: true, Name: 1, Value: 2},
		"Delete.Range":         {Role: MapKey, Chain: true, Name: 1, Value: 2},
		"ConditionCheck.Range": {Role: MapKey, Chain: true, Name: 1, Value: 2},

		"ConditionCheck.IfExists":    {Role: MapCondition, Chain: true, Op: "attribute_exists"},
		"ConditionCheck.IfNotExists": {Role: MapCondition, Chain: true, Op: "attribute_not_exists"},

		"BatchGet.And":             {Role: MapAdd, Chain: true, Part: RoleKey, Values: 1},
		"BatchGet.From":            {Role: MapAdd, Chain: true, Part: RoleKey, Table: 1, Values: 3},
		"BatchGet.FromRange":       {Role: MapAdd, Chain: true, Part: RoleKey, Table: 1, Values: 4},
		"BatchGet.Merge":           {Role: MapAdd, Chain: true, Part: RoleRequests, Values: 1},
		"BatchWrite.Put":           {Role: MapAdd, Chain: true, Part: RoleItem, Values: 1},
		"BatchWrite.PutIn":         {Role: MapAdd, Chain: true, Part: RoleItem, Table: 1, Values: 2},
		"BatchWrite.Delete":        {Role: MapAdd, Chain: true, Part: RoleKey, Values: 1},
		"BatchWrite.DeleteIn":      {Role: MapAdd, Chain: true, Part: RoleKey, Table: 1, Values: 3},
		"BatchWrite.DeleteInRange": {Role: MapAdd, Chain: true, Part: RoleKey, Table: 1, Values: 4},
		"BatchWrite.Merge":         {Role: MapAdd, Chain: true, Part: RoleRequests, Values: 1},

		"GetTx.Get":                   {Role: MapAdd, Op: GetAction, Chain: true, Part: RoleAction, Value: 1},
		"GetTx.GetOne":                {Role: MapAdd, Op: GetAction, Chain: true, Part: RoleAction, Value: 1, Out: 2},
		"WriteTx.Put":                 {Role: MapAdd, Op: PutAction, Chain: true, Part: RoleAction, Value: 1},
		"WriteTx.Update":              {Role: MapAdd, Op: UpdateAction, Chain: true, Part: RoleAction, Value: 1},
		"WriteTx.Delete":              {Role: MapAdd, Op: DeleteAction, Chain: true, Part: RoleAction, Value: 1},
		"WriteTx.Check":               {Role: MapAdd, Op: ConditionCheck, Chain: true, Part: RoleCondition, Value: 1},
		"WriteTx.Idempotent":          {Role: MapOption, Chain: true, Part: RoleToken},
		"WriteTx.IdempotentWithToken": {Role: MapOption, Chain: true, Part: RoleToken},

		"Iter.Err":                       {Role: MapOther},
		"PagingIter.LastEvaluatedKey":    {Role: MapOther},
		"ParallelIter.LastEvaluatedKeys": {Role: MapOther},
		"Iter.Next":                      {Role: MapNext, Out: 1},
		"BatchGet.IterWithTable":         {Role: MapIter, Op: "BatchGetItem"},
		"Scan.IterParallel":              {Role: MapIter, Op: "Scan"},
		"Scan.IterParallelStartFrom":     {Role: MapIter, Op: "Scan"},
		"Keys.HashKey":                   {Role: MapOther},
		"Keys.RangeKey":                  {Role: MapOther},
	}
	for _, typ := range []string{"Put", "Update", "Delete", "ConditionCheck"} {
		table[typ+".If"] = Mapper{Role: MapCondition, Chain: true, Text: 1, Values: 2}
	}
	enterUpdates(table)
	enterRuns(table)
	enterOptions(table)
	return table
}

// enterUpdates enters the methods of Update that add a clause.
func enterUpdates(table map[string]Mapper) {
	for name, op := range map[string]string{
		"Set": "SET", "SetSet": "SET", "SetNullable": "SET", "SetIfNotExists": "SET if_not_exists",
		"Append": "SET list_append", "Prepend": "SET list_append", "Add": "ADD", "DeleteFromSet": "DELETE",
	} {
		table["Update."+name] = Mapper{Role: MapUpdate, Chain: true, Op: op, Name: 1, Value: 2}
	}
	for _, elem := range []string{"Strings", "Ints", "Floats"} {
		table["Update.Add"+elem+"ToSet"] = Mapper{Role: MapUpdate, Chain: true, Op: "ADD", Name: 1, Values: 2}
		table["Update.Delete"+elem+"FromSet"] = Mapper{Role: MapUpdate, Chain: true, Op: "DELETE", Name: 1, Values: 2}
	}
	table["Update.SetExpr"] = Mapper{Role: MapUpdate, Chain: true, Op: "SET", Text: 1, Values: 2}
	table["Update.RemoveExpr"] = Mapper{Role: MapUpdate, Chain: true, Op: "REMOVE", Text: 1, Values: 2}
	table["Update.Remove"] = Mapper{Role: MapUpdate, Chain: true, Op: "REMOVE", Values: 1}
}

// enterRuns enters the methods that send. Every Out is the last parameter, see outOf.
func enterRuns(table map[string]Mapper) {
	for typ, op := range map[string]string{
		"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "BatchWrite": "BatchWriteItem",
		"GetTx": "TransactGetItems", "WriteTx": "TransactWriteItems",
	} {
		table[typ+".Run"] = Mapper{Role: MapRun, Op: op}
	}
	for op, names := range map[string]string{
		"PutItem":          "Put.OldValue",
		"DeleteItem":       "Delete.OldValue",
		"UpdateItem":       "Update.OldValue Update.Value Update.OnlyUpdatedValue Update.OnlyUpdatedOldValue",
		"BatchGetItem":     "BatchGet.All",
		"TransactGetItems": "GetTx.All",
		"Query":            "Query.One Query.All Query.AllWithLastEvaluatedKey",
		"Scan": "Scan.All Scan.AllWithLastEvaluatedKey Scan.AllParallel Scan.AllParallelWithLastEvaluatedKeys " +
			"Scan.AllParallelStartFrom",
	} {
		for name := range strings.FieldsSeq(names) {
			table[name] = Mapper{Role: MapRun, Op: op, Out: 1}
		}
	}
	for _, op := range []string{"Query", "Scan"} {
		table[op+".Count"] = Mapper{Role: MapCount, Op: op}
		table[op+".Iter"] = Mapper{Role: MapIter, Op: op}
		table[op+".Filter"] = Mapper{Role: MapFilter, Chain: true, Text: 1, Values: 2}
	}
	table["BatchGet.Iter"] = Mapper{Role: MapIter, Op: "BatchGetItem"}
}

// enterOptions enters the methods that set an option of an operation.
func enterOptions(table map[string]Mapper) {
	for typ, options := range map[string]map[string]Role{
		"Query": {"Index": RoleIndex, "Limit": RoleLimit, "SearchLimit": RoleLimit, "RequestLimit": RoleLimit,
			"StartFrom": RoleStart, "Order": RoleOrder, "Project": RoleProjection, "ProjectExpr": RoleProjection,
			"Consistent": RoleConsistent},
		"Scan": {"Index": RoleIndex, "Limit": RoleLimit, "SearchLimit": RoleLimit, "RequestLimit": RoleLimit,
			"StartFrom": RoleStart, "Segment": RoleOrder, "Project": RoleProjection, "Consistent": RoleConsistent},
		"BatchGet": {"Consistent": RoleConsistent, "Project": RoleProjection, "ProjectTable": RoleProjection},
	} {
		for name, part := range options {
			table[typ+"."+name] = Mapper{Role: MapOption, Chain: true, Part: part}
		}
	}
	for typ := range strings.FieldsSeq("Put Update Delete Query Scan BatchGet BatchWrite GetTx WriteTx") {
		table[typ+".ConsumedCapacity"] = Mapper{Role: MapOption, Chain: true, Part: RoleNone}
	}
}

// Substitute rewrites an expression of guregu/dynamo as DynamoDB's expression language has it. There $ is a name and ? a
// value from the arguments, in order, and a quoted 'name' is that name. In the text that Substitute returns, argument i is
// #argi or :argi, as args[i] says, and names says what the quoted names became.
func Substitute(expr string) (text string, names map[string]string, args []string) {
	names = map[string]string{}
	var out strings.Builder
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; c {
		case '$', '?':
			mark := map[byte]string{'$': "#", '?': ":"}[c] + fmt.Sprintf("arg%d", len(args))
			args = append(args, mark)
			out.WriteString(mark)
		case '\'':
			end := strings.IndexByte(expr[i+1:], '\'')
			if end < 0 {
				out.WriteString(expr[i:]) // malformed: the parser of expressions says so
				return out.String(), names, args
			}
			name := fmt.Sprintf("#quoted%d", len(names))
			names[name] = expr[i+1 : i+1+end]
			out.WriteString(name)
			i += end + 1
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), names, args
}
