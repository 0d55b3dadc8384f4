package explore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var testTables = []Table{
	{Name: "T", Partition: "pk", Sort: "sk:N", Indexes: []Index{
		{Name: "by_g", Partition: "g", Sort: "h:N"},
		{Name: "keys", Partition: "g", Project: []string{}},
	}},
	{Name: "U", Partition: "id"},
}

// exchange is one call and its answer; want is JSON, or the type of an error
// and, after it, what its body must contain.
type exchange struct{ op, in, want string }

// converse makes the calls on a fresh engine, one after the other. In the
// texts, single quotes stand for double ones.
func converse(t *testing.T, e *Engine, calls []exchange) {
	t.Helper()
	for i, x := range calls {
		r := e.answer(call{op: x.op, body: []byte(strings.ReplaceAll(x.in, "'", `"`)), leave: -1})
		if err := e.Unsupported(); err != nil {
			t.Fatalf("%d %s: %v", i, x.op, err)
		}
		want := strings.ReplaceAll(x.want, "'", `"`)
		if !strings.HasPrefix(want, "{") {
			kind, detail, _ := strings.Cut(want, " ")
			if r.kind != kind || !strings.Contains(string(r.body), detail) {
				t.Errorf("%d %s %s: got %d %s, want %s", i, x.op, x.in, r.status, r.body, want)
			}
			continue
		}
		if !sameJSON(r.body, []byte(want)) {
			t.Errorf("%d %s %s: got %s, want %s", i, x.op, x.in, r.body, want)
		}
	}
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func TestItems(t *testing.T) {
	key := `'TableName':'U','Key':{'id':{'S':'x'}}`
	converse(t, NewEngine(testTables...), []exchange{
		{"GetItem", `{` + key + `}`, `{}`},
		{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'n':{'N':'1.50'}},'ReturnValues':'ALL_OLD'}`, `{}`},
		{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'n':{'N':'2'},'m':{'M':{'a':{'N':'1'},'b':{'S':''}}},'l':{'L':[{'N':'1'},{'N':'2'},{'N':'3'}]}},'ReturnValues':'ALL_OLD'}`,
			`{'Attributes':{'id':{'S':'x'},'n':{'N':'1.5'}}}`},
		{"GetItem", `{` + key + `,'ProjectionExpression':'m.#a, l[2], l[0]','ExpressionAttributeNames':{'#a':'a'}}`,
			`{'Item':{'m':{'M':{'a':{'N':'1'}}},'l':{'L':[{'N':'1'},{'N':'3'}]}}}`},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET n = n - :d, m.c = n REMOVE l[0], l[2] ADD tags :t','ExpressionAttributeValues':{':d':{'N':'0.1'},':t':{'SS':['b','a']}},'ReturnValues':'ALL_NEW'}`,
			`{'Attributes':{'id':{'S':'x'},'n':{'N':'1.9'},'m':{'M':{'a':{'N':'1'},'b':{'S':''},'c':{'N':'2'}}},'l':{'L':[{'N':'2'}]},'tags':{'SS':['a','b']}}}`},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'DELETE tags :t SET q = if_not_exists(q, :z) + :o','ExpressionAttributeValues':{':t':{'SS':['a','b']},':z':{'N':'0'},':o':{'N':'1'}},'ReturnValues':'UPDATED_NEW'}`,
			`{'Attributes':{'q':{'N':'1'}}}`},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET q = :v','ConditionExpression':'q > :v','ExpressionAttributeValues':{':v':{'N':'1'}},'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}`,
			`ConditionalCheckFailedException 'Item':{'id':`},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET q = :v','ConditionExpression':'q > :v','ExpressionAttributeValues':{':v':{'N':'1'}}}`,
			`ConditionalCheckFailedException 'message'`},
		{"DeleteItem", `{` + key + `,'ConditionExpression':'attribute_exists(id)','ReturnValues':'NONE'}`, `{}`},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'REMOVE a','ReturnValues':'ALL_NEW'}`, `{'Attributes':{'id':{'S':'x'}}}`},
	})
}

func TestRefusals(t *testing.T) {
	key := `'TableName':'U','Key':{'id':{'S':'x'}}`
	const invalid = "ValidationException "
	converse(t, NewEngine(testTables...), []exchange{
		{"GetItem", `{'TableName':'V','Key':{'id':{'S':'x'}}}`, "ResourceNotFoundException"},
		{"GetItem", `{'TableName':'U','Key':{'id':{'S':''}}}`, invalid + "empty"},
		{"GetItem", `{'TableName':'U','Key':{'id':{'N':'1'}}}`, invalid + "Type mismatch"},
		{"GetItem", `{'TableName':'T','Key':{'pk':{'S':'x'}}}`, invalid + "schema"},
		{"PutItem", `{'TableName':'U','Item':{'a':{'S':'x'}}}`, invalid + "Missing the key"},
		{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'a':{'SS':[]}}}`, invalid + "empty"},
		{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'a':{'NS':['1','1.0']}}}`, invalid + "duplicates"},
		{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'a':{'N':'1x'}}}`, invalid + "numeric"},
		{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'a':{'N':'1e126'}}}`, invalid + "overflow"},
		{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'a':{'N':'123456789012345678901234567890123456789'}}}`, invalid + "38 significant"},
		{"PutItem", `{'TableName':'T','Item':{'pk':{'S':'x'},'sk':{'N':'1'},'g':{'N':'1'}}}`, invalid + "Index Key"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET id = :v','ExpressionAttributeValues':{':v':{'S':'x'}}}`, invalid + "part of the key"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET count = :v','ExpressionAttributeValues':{':v':{'N':'1'}}}`, invalid + "reserved"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET a = :v, a.b = :v','ExpressionAttributeValues':{':v':{'N':'1'}}}`, invalid + "overlap"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET a = :v','ExpressionAttributeValues':{':v':{'N':'1'},':w':{'N':'1'}}}`, invalid + "unused"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET a = :w','ExpressionAttributeValues':{':v':{'N':'1'}}}`, invalid + "not defined"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET #a = :w','ExpressionAttributeValues':{':w':{'N':'1'}}}`, invalid + "not defined"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET a = b + :v','ExpressionAttributeValues':{':v':{'N':'1'}}}`, invalid + "does not exist"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET a.b = :v','ExpressionAttributeValues':{':v':{'N':'1'}}}`, invalid + "document path"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'ADD a :v','ExpressionAttributeValues':{':v':{'S':'1'}}}`, invalid + "operand type"},
		{"UpdateItem", `{` + key + `,'UpdateExpression':'SET a 1'}`, invalid + "offset"},
		{"DeleteItem", `{` + key + `,'ConditionExpression':'((a = :v))','ExpressionAttributeValues':{':v':{'N':'1'}}}`, invalid + "parentheses"},
		{"DeleteItem", `{` + key + `,'ReturnValues':'ALL_NEW'}`, invalid + "return values"},
		{"Query", `{'TableName':'T','KeyConditionExpression':'sk = :v','ExpressionAttributeValues':{':v':{'N':'1'}}}`, invalid + "missed key"},
		{"Query", `{'TableName':'T','KeyConditions':{'pk':{'ComparisonOperator':'NE','AttributeValueList':[{'S':'1'}]}}}`, invalid + "not an indexable"},
		{"Query", `{'TableName':'T','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[]}}}`, invalid + "number of argument"},
		{"Query", `{'TableName':'T','KeyConditions':{'sk':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'1'}]}}}`, invalid + "missed key"},
		{"Query", `{'TableName':'T','KeyConditionExpression':'pk > :v','ExpressionAttributeValues':{':v':{'S':'1'}}}`, invalid + "not supported"},
		{"Query", `{'TableName':'T','IndexName':'by_g','ConsistentRead':true,'KeyConditionExpression':'g = :v','ExpressionAttributeValues':{':v':{'S':'1'}}}`, invalid + "onsistent"},
		{"Query", `{'TableName':'T','KeyConditionExpression':'pk = :v','FilterExpression':'sk = :v','ExpressionAttributeValues':{':v':{'S':'1'}}}`, invalid + "non-primary key"},
		{"Scan", `{'TableName':'T','Limit':0}`, invalid + "imit"},
		{"BatchWriteItem", `{'RequestItems':{'U':[{'DeleteRequest':{'Key':{'id':{'S':'x'}}}},{'PutRequest':{'Item':{'id':{'S':'x'}}}}]}}`, invalid + "duplicates"},
		{"BatchGetItem", `{'RequestItems':{}}`, invalid + "1 to 100"},
		{"TransactWriteItems", `{'TransactItems':[{'Delete':{` + key + `}},{'ConditionCheck':{` + key + `,'ConditionExpression':'attribute_exists(id)'}}]}`, invalid + "multiple operations"},
		{"GetItem", `{'TableName':3}`, "SerializationException"},
	})
}

func TestReads(t *testing.T) {
	e := NewEngine(testTables...)
	for i := range 5 {
		converse(t, e, []exchange{{"PutItem", fmt.Sprintf(`{'TableName':'T','Item':{'pk':{'S':'p'},'sk':{'N':'%d'},'g':{'S':'g'},'h':{'N':'%d'},'odd':{'BOOL':%v}}}`, i, -i, i%2 == 1), `{}`}})
	}
	converse(t, e, []exchange{
		{"PutItem", `{'TableName':'T','Item':{'pk':{'S':'p'},'sk':{'N':'10'}}}`, `{}`},
		{"Query", `{'TableName':'T','KeyConditionExpression':'pk = :p AND sk BETWEEN :a AND :b','ExpressionAttributeValues':{':p':{'S':'p'},':a':{'N':'3'},':b':{'N':'10'}},'ProjectionExpression':'sk'}`,
			`{'Items':[{'sk':{'N':'3'}},{'sk':{'N':'4'}},{'sk':{'N':'10'}}],'Count':3,'ScannedCount':3}`},
		{"Query", `{'TableName':'T','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'p'}]},'sk':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'3'},{'N':'4'}]}},'FilterExpression':'odd = :t','ExpressionAttributeValues':{':t':{'BOOL':true}},'ProjectionExpression':'sk'}`,
			`{'Items':[{'sk':{'N':'3'}}],'Count':1,'ScannedCount':2}`},
		{"Query", `{'TableName':'T','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'p'}},'ProjectionExpression':'sk','ScanIndexForward':false,'Limit':2,'ExclusiveStartKey':{'pk':{'S':'p'},'sk':{'N':'4'}}}`,
			`{'Items':[{'sk':{'N':'3'}},{'sk':{'N':'2'}}],'Count':2,'ScannedCount':2,'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'N':'2'}}}`},
		{"Query", `{'TableName':'T','KeyConditionExpression':'pk = :p','FilterExpression':'odd = :t','ExpressionAttributeValues':{':p':{'S':'p'},':t':{'BOOL':true}},'Limit':1}`,
			`{'Items':[],'Count':0,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'N':'0'}}}`},
		{"Query", `{'TableName':'T','KeyConditionExpression':'pk = :p','FilterExpression':'odd = :t','ExpressionAttributeValues':{':p':{'S':'p'},':t':{'BOOL':true}},'Select':'COUNT'}`,
			`{'Count':2,'ScannedCount':6}`},
		{"Query", `{'TableName':'T','IndexName':'by_g','KeyConditionExpression':'g = :g AND h < :h','ExpressionAttributeValues':{':g':{'S':'g'},':h':{'N':'-2'}},'ProjectionExpression':'sk','Limit':1}`,
			`{'Items':[{'sk':{'N':'4'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'N':'4'},'g':{'S':'g'},'h':{'N':'-4'}}}`},
		{"Query", `{'TableName':'T','IndexName':'keys','KeyConditionExpression':'g = :g','ExpressionAttributeValues':{':g':{'S':'g'}},'Limit':1}`,
			`{'Items':[{'pk':{'S':'p'},'sk':{'N':'0'},'g':{'S':'g'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'N':'0'},'g':{'S':'g'}}}`},
		{"Scan", `{'TableName':'T','IndexName':'by_g','Select':'COUNT'}`, `{'Count':5,'ScannedCount':5}`},
		{"Scan", `{'TableName':'T','Segment':0,'TotalSegments':1,'Select':'COUNT'}`, `{'Count':6,'ScannedCount':6}`},
		{"BatchGetItem", `{'RequestItems':{'T':{'Keys':[{'pk':{'S':'p'},'sk':{'N':'10'}},{'pk':{'S':'q'},'sk':{'N':'1'}}]}}}`,
			`{'Responses':{'T':[{'pk':{'S':'p'},'sk':{'N':'10'}}]},'UnprocessedKeys':{}}`},
		{"TransactGetItems", `{'TransactItems':[{'Get':{'TableName':'T','Key':{'pk':{'S':'q'},'sk':{'N':'1'}}}},{'Get':{'TableName':'T','Key':{'pk':{'S':'p'},'sk':{'N':'1'}},'ProjectionExpression':'odd'}}]}`,
			`{'Responses':[{},{'Item':{'odd':{'BOOL':true}}}]}`},
	})
	e.pageSize = 4
	converse(t, e, []exchange{{"Scan", `{'TableName':'T','Select':'COUNT'}`,
		`{'Count':4,'ScannedCount':4,'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'N':'3'}}}`}})
}

func TestTransactions(t *testing.T) {
	put := func(id, more string) string {
		return `{'Put':{'TableName':'U','Item':{'id':{'S':'` + id + `'}}` + more + `}}`
	}
	absent := `,'ConditionExpression':'attribute_not_exists(id)','ReturnValuesOnConditionCheckFailure':'ALL_OLD'`
	add := `{'Update':{'TableName':'U','Key':{'id':{'S':'n'}},'UpdateExpression':'ADD n :o','ExpressionAttributeValues':{':o':{'N':'1'}}}}`
	converse(t, NewEngine(testTables...), []exchange{
		{"TransactWriteItems", `{'TransactItems':[` + put("x", absent) + `,` + add + `],'ClientRequestToken':'t'}`, `{}`},
		{"TransactWriteItems", `{'ClientRequestToken':'t','TransactItems':[` + put("x", absent) + `,` + add + `]}`, `{}`},
		{"TransactWriteItems", `{'TransactItems':[` + put("y", absent) + `],'ClientRequestToken':'t'}`, "IdempotentParameterMismatchException"},
		{"GetItem", `{'TableName':'U','Key':{'id':{'S':'n'}}}`, `{'Item':{'id':{'S':'n'},'n':{'N':'1'}}}`},
		{"TransactWriteItems", `{'TransactItems':[` + put("y", "") + `,` + put("x", absent) + `]}`,
			`TransactionCanceledException 'CancellationReasons':[{'Code':'None'},{'Code':'ConditionalCheckFailed','Item':{'id':{'S':'x'}},'Message'`},
		{"GetItem", `{'TableName':'U','Key':{'id':{'S':'y'}}}`, `{}`},
		{"TransactWriteItems", `{'TransactItems':[` + put("y", "") + `,{'Update':{'TableName':'U','Key':{'id':{'S':'x'}},'UpdateExpression':'SET a = b'}}]}`,
			"TransactionCanceledException ValidationError"},
	})
}

func TestPartiQL(t *testing.T) {
	run := func(statement, parameters string) string {
		return `{'Statement':'` + strings.ReplaceAll(statement, `'`, `\u0027`) + `','Parameters':[` + parameters + `]}`
	}
	converse(t, NewEngine(testTables...), []exchange{
		{"ExecuteStatement", run(`INSERT INTO U VALUE {'id': 'x', 'n': 1, 'm': {'l': [TRUE, ?]}, 's': <<'b', 'a'>>, 'z': NULL}`, `{'N':'7'}`), `{'Items':[]}`},
		{"ExecuteStatement", run(`INSERT INTO U VALUE {'id': 'x'}`, ``), "DuplicateItemException"},
		{"ExecuteStatement", run(`SELECT * FROM U WHERE id = 'x'`, ``),
			`{'Items':[{'id':{'S':'x'},'n':{'N':'1'},'m':{'M':{'l':{'L':[{'BOOL':true},{'N':'7'}]}}},'s':{'SS':['a','b']},'z':{'NULL':true}}]}`},
		{"ExecuteStatement", run(`UPDATE U SET n = n + ? SET s = set_add(s, <<'c'>>) REMOVE m WHERE id = ? AND n = 1 RETURNING MODIFIED NEW *`, `{'N':'2'},{'S':'x'}`),
			`{'Items':[{'n':{'N':'3'},'s':{'SS':['a','b','c']}}]}`},
		{"ExecuteStatement", run(`UPDATE U SET n = 0 WHERE id = 'x' AND n = 1`, ``), "ConditionalCheckFailedException"},
		{"ExecuteStatement", run(`UPDATE U SET n = 0 WHERE id = 'y'`, ``), "ConditionalCheckFailedException"},
		{"ExecuteStatement", run(`UPDATE U SET n = 0 WHERE n = 3`, ``), "ValidationException key"},
		{"ExecuteStatement", run(`SELECT n FROM U WHERE id = ?`, ``), "ValidationException parameters"},
		{"ExecuteStatement", run(`SELECT n FROM U WHERE`, ``), "ValidationException formed"},
		{"ExecuteTransaction", `{'TransactStatements':[` + run(`UPDATE U SET n = 9 WHERE id = 'x'`, ``) + `,` + run(`EXISTS(SELECT * FROM U WHERE id = 'y')`, ``) + `]}`,
			"TransactionCanceledException ConditionalCheckFailed"},
		{"ExecuteTransaction", `{'TransactStatements':[` + run(`UPDATE U SET n = 9 WHERE id = 'x'`, ``) + `,` + run(`INSERT INTO U VALUE ?`, `{'M':{'id':{'S':'y'}}}`) + `]}`,
			`{'Responses':[{},{}]}`},
		{"BatchExecuteStatement", `{'Statements':[` + run(`SELECT n FROM U WHERE id = 'x'`, ``) + `,` + run(`INSERT INTO U VALUE {'id': 'y'}`, ``) + `]}`,
			`{'Responses':[{'Item':{'n':{'N':'9'}}},{'Error':{'Code':'DuplicateItem','Message':'Duplicate primary key exists in table'}}]}`},
		{"ExecuteStatement", run(`DELETE FROM U WHERE id = 'x' AND n = 9 RETURNING ALL OLD *`, ``),
			`{'Items':[{'id':{'S':'x'},'n':{'N':'9'},'s':{'SS':['a','b','c']},'z':{'NULL':true}}]}`},
		{"ExecuteStatement", run(`DELETE FROM U WHERE id = 'x' AND n = 9`, ``), `{'Items':[]}`},
	})
}

// TestConditions evaluates conditions on one item, in which all that is
// missing is missing.
func TestConditions(t *testing.T) {
	e := NewEngine(testTables...)
	converse(t, e, []exchange{{"PutItem", `{'TableName':'U','Item':{'id':{'S':'x'},'n':{'N':'10'},'s':{'S':'abc'},'set':{'NS':['1','2']},'l':{'L':[{'S':'u'}]},'b':{'B':'AAE='},'m':{'M':{'k':{'NULL':true}}}}}`, `{}`}})
	values := `':ten':{'N':'1e1'},':two':{'N':'2'},':ab':{'S':'ab'},':u':{'S':'u'},':type':{'S':'NULL'},':bin':{'B':'AA=='}`
	for condition, want := range map[string]bool{
		"n = :ten":                              true,
		"n <> :ten":                             false,
		"gone = :ten":                           false,
		"gone <> :ten":                          true, // so NOT a = :v and a <> :v agree
		"NOT gone = :ten":                       true,
		"gone >= :ten":                          false,
		"NOT gone < :ten":                       true, // so NOT a < :v and a >= :v do not
		"n > :two":                              true, // as numbers, not as text
		"s > :ab":                               true,
		"s > :two":                              false,
		"n BETWEEN :two AND :ten":               true,
		"n IN (:two, :ten)":                     true,
		"begins_with(s, :ab)":                   true,
		"begins_with(b, :bin)":                  true,
		"contains(s, :ab)":                      true,
		"contains(#set, :two)":                  true,
		"contains(l, :u)":                       true,
		"contains(l, :ab)":                      false,
		"attribute_type(m.k, :type)":            true,
		"attribute_exists(m.k)":                 true,
		"attribute_exists(l[1])":                false,
		"attribute_not_exists(m.z.z)":           true,
		"size(l) < :two AND size(#set) = :two":  true,
		"size(n) = :two OR size(gone) = :two":   false,
		"size(b) = :two AND n = :ten OR s = :u": true,
		"NOT (n = :ten AND s = :ab)":            true,
	} {
		var used []string
		for _, v := range strings.Split(values, ",") {
			if name, _, _ := strings.Cut(v, ":{"); strings.Contains(condition, strings.Trim(name, "'")) {
				used = append(used, v)
			}
		}
		in := `{'TableName':'U','Key':{'id':{'S':'x'}},'UpdateExpression':'REMOVE nothing','ConditionExpression':'` + condition + `'`
		if len(used) > 0 {
			in += `,'ExpressionAttributeValues':{` + strings.Join(used, ",") + `}`
		}
		if strings.Contains(condition, "#set") {
			in += `,'ExpressionAttributeNames':{'#set':'set'}`
		}
		answer := `{}`
		if !want {
			answer = "ConditionalCheckFailedException"
		}
		converse(t, e, []exchange{{"UpdateItem", in + "}", answer}})
	}
}

func TestErrorsArriveTyped(t *testing.T) {
	c := NewClient(NewEngine(cards...))
	ctx := context.Background()
	if err := putCard(5)(ctx, c); err != nil {
		t.Fatal(err)
	}
	put := types.Put{TableName: aws.String("cards"), Item: attrs{"id": s("g")}, ConditionExpression: aws.String("attribute_not_exists(id)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}
	_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: put.TableName, Item: put.Item, ConditionExpression: put.ConditionExpression,
		ReturnValuesOnConditionCheckFailure: put.ReturnValuesOnConditionCheckFailure})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) || failed.Item["balance"] == nil {
		t.Error(err)
	}
	_, err = c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &put}}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || aws.ToString(cancelled.CancellationReasons[0].Code) != "ConditionalCheckFailed" || cancelled.CancellationReasons[0].Item["balance"] == nil {
		t.Error(err)
	}
}
