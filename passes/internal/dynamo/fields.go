package dynamo

import "go/types"

// Names of the fields of inputs, outputs and of the shapes inside them that the analysis reads.
const (
	TableName                 = "TableName"
	IndexName                 = "IndexName"
	Key                       = "Key"
	Keys                      = "Keys"
	Item                      = "Item"
	Items                     = "Items"
	ConditionExpression       = "ConditionExpression"
	UpdateExpression          = "UpdateExpression"
	KeyConditionExpression    = "KeyConditionExpression"
	FilterExpression          = "FilterExpression"
	SearchConditionExpression = "SearchConditionExpression"
	ProjectionExpression      = "ProjectionExpression"
	ExpressionAttributeNames  = "ExpressionAttributeNames"
	ExpressionAttributeValues = "ExpressionAttributeValues"
	TransactItems             = "TransactItems"
	RequestItems              = "RequestItems"
	ConsistentRead            = "ConsistentRead"
	Select                    = "Select"
	Limit                     = "Limit"
	TopK                      = "TopK"
	ExclusiveStartKey         = "ExclusiveStartKey"
	ReturnValues              = "ReturnValues"
	ReturnValuesOnFailure     = "ReturnValuesOnConditionCheckFailure"
	ClientRequestToken        = "ClientRequestToken"
	StatementText             = "Statement"
	Parameters                = "Parameters"
	Statements                = "Statements"
	TransactStatements        = "TransactStatements"

	// The legacy parameters, see
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html.
	Expected            = "Expected"
	ConditionalOperator = "ConditionalOperator"
	AttributeUpdates    = "AttributeUpdates"
	KeyConditions       = "KeyConditions"
	QueryFilter         = "QueryFilter"
	ScanFilter          = "ScanFilter"
	AttributesToGet     = "AttributesToGet"
	AttributeValueList  = "AttributeValueList"
	ComparisonOperator  = "ComparisonOperator"
	Exists              = "Exists"
	Value               = "Value"
	Action              = "Action"

	// The actions of a transaction and of a batch.
	ConditionCheck = "ConditionCheck"
	PutAction      = "Put"
	UpdateAction   = "Update"
	DeleteAction   = "Delete"
	GetAction      = "Get"
	PutRequest     = "PutRequest"
	DeleteRequest  = "DeleteRequest"

	// Fields of outputs.
	Count            = "Count"
	ScannedCount     = "ScannedCount"
	Responses        = "Responses"
	SearchResults    = "SearchResults"
	UnprocessedItems = "UnprocessedItems"
	UnprocessedKeys  = "UnprocessedKeys"
	Attributes       = "Attributes"
	LastEvaluatedKey = "LastEvaluatedKey"
	NextToken        = "NextToken"

	// What was wrong with each action of a cancelled transaction, and with one statement of a batch.
	CancellationReasons = "CancellationReasons"
	StatementError      = "Error"
)

// The parts of an input that an object mapper builds, beside the SDK's own: lists of expressions in the mapper's language,
// all of which hold together. An expression is a text with what its marks stand for, an update's clause has a verb and
// either a text or the name and value of one attribute.
const (
	MapperConditions = "(conditions)"
	MapperFilters    = "(filters)"
	MapperKeys       = "(key conditions)"
	MapperClauses    = "(clauses)"
	MapperText       = "(text)"
	MapperValues     = "(values)"
	MapperVerb       = "(verb)"
	MapperName       = "(name)"
	MapperValue      = "(value)"
)

// A Role is what a field of an input, of an output or of a shape inside them means to the analysis.
type Role string

// Roles of fields.
const (
	RoleNone          Role = "none" // does not matter: capacity, metadata
	RoleTable         Role = "table"
	RoleIndex         Role = "index"
	RoleKey           Role = "key"
	RoleKeys          Role = "keys"
	RoleItem          Role = "item"           // one item, or the item to store
	RoleItems         Role = "items"          // a list of items
	RoleCondition     Role = "condition"      // what DynamoDB checks before it writes
	RoleUpdate        Role = "update"         // assignments
	RoleKeyCondition  Role = "key condition"  // which items a Query reads
	RoleFilter        Role = "filter"         // which of them it returns
	RoleProjection    Role = "projection"     // which attributes it returns
	RoleNames         Role = "names"          // what #names stand for
	RoleValues        Role = "values"         // what :values stand for
	RoleActions       Role = "actions"        // the actions of a transaction
	RoleAction        Role = "action"         // one action of a transaction or a batch
	RoleRequests      Role = "requests"       // the requests of a batch, by table
	RoleStatement     Role = "statement"      // a PartiQL text
	RoleParameters    Role = "parameters"     // what its ? stand for
	RoleStatements    Role = "statements"     // a list of statements with parameters
	RoleConsistent    Role = "consistent"     // a strongly consistent read
	RoleSelect        Role = "select"         // Select=COUNT returns no items
	RoleLimit         Role = "limit"          // counts items before the filter
	RoleStart         Role = "start"          // where the page starts
	RoleOrder         Role = "order"          // direction, segment
	RoleReturn        Role = "return"         // what a write returns
	RoleToken         Role = "token"          // makes a transaction idempotent for 10 minutes
	RoleExpected      Role = "expected"       // legacy condition
	RoleOperator      Role = "operator"       // legacy AND or OR, or comparison
	RoleUpdates       Role = "updates"        // legacy assignments
	RoleKeyConditions Role = "key conditions" // legacy key condition
	RoleFilters       Role = "filters"        // legacy filter
	RoleValue         Role = "value"          // one attribute value, or a list of them to compare with
	RoleExists        Role = "exists"         // legacy: the attribute must, or must not, be there
	RoleCount         Role = "count"          // how many items
	RoleUnprocessed   Role = "unprocessed"    // what DynamoDB has not done, with a nil error
	RoleCursor        Role = "cursor"         // absent on the last page
	RoleResponses     Role = "responses"      // items by table, or in the order of the request
	RoleFailure       Role = "failure"        // why a statement or an action failed
)

// The fields that several inputs share.
var (
	condition = map[string]Role{
		ConditionExpression: RoleCondition, ExpressionAttributeNames: RoleNames, ExpressionAttributeValues: RoleValues,
		ReturnValuesOnFailure: RoleReturn,
	}
	legacyCondition = map[string]Role{
		Expected: RoleExpected, ConditionalOperator: RoleOperator, ReturnValues: RoleReturn,
		"ReturnConsumedCapacity": RoleNone, "ReturnItemCollectionMetrics": RoleNone,
	}
	projection = map[string]Role{
		ProjectionExpression: RoleProjection, ExpressionAttributeNames: RoleNames,
	}
	legacyProjection = map[string]Role{
		AttributesToGet: RoleProjection, ConsistentRead: RoleConsistent,
	}
	listing = map[string]Role{
		TableName: RoleTable, IndexName: RoleIndex, FilterExpression: RoleFilter, ExpressionAttributeValues: RoleValues,
		Limit: RoleLimit, Select: RoleSelect, ExclusiveStartKey: RoleStart, ConditionalOperator: RoleOperator,
		"ReturnConsumedCapacity": RoleNone,
	}
	written = map[string]Role{
		Attributes: RoleItem, "ConsumedCapacity": RoleNone, "ItemCollectionMetrics": RoleNone,
	}
	listed = map[string]Role{
		Items: RoleItems, Count: RoleCount, ScannedCount: RoleCount, LastEvaluatedKey: RoleCursor, "ConsumedCapacity": RoleNone,
	}
)

// inputs gives the role of every field of every operation's input.
var inputs = map[string]map[string]Role{
	"GetItem": join(projection, legacyProjection, map[string]Role{
		TableName: RoleTable, Key: RoleKey, "ReturnConsumedCapacity": RoleNone,
	}),
	"Query": join(listing, projection, legacyProjection, map[string]Role{
		KeyConditionExpression: RoleKeyCondition, KeyConditions: RoleKeyConditions, QueryFilter: RoleFilters,
		"ScanIndexForward": RoleOrder,
	}),
	"Scan": join(listing, projection, legacyProjection, map[string]Role{
		ScanFilter: RoleFilters, "Segment": RoleOrder, "TotalSegments": RoleOrder,
	}),
	"SearchVectors": join(projection, map[string]Role{
		TableName: RoleTable, IndexName: RoleIndex, "SearchVector": RoleOrder, TopK: RoleLimit,
		SearchConditionExpression: RoleFilter, ExpressionAttributeValues: RoleValues, "ReturnConsumedCapacity": RoleNone,
	}),
	"BatchGetItem":     {RequestItems: RoleRequests, "ReturnConsumedCapacity": RoleNone},
	"TransactGetItems": {TransactItems: RoleActions, "ReturnConsumedCapacity": RoleNone},
	"PutItem":          join(condition, legacyCondition, map[string]Role{TableName: RoleTable, Item: RoleItem}),
	"UpdateItem": join(condition, legacyCondition, map[string]Role{
		TableName: RoleTable, Key: RoleKey, UpdateExpression: RoleUpdate, AttributeUpdates: RoleUpdates,
	}),
	"DeleteItem": join(condition, legacyCondition, map[string]Role{TableName: RoleTable, Key: RoleKey}),
	"BatchWriteItem": {
		RequestItems: RoleRequests, "ReturnConsumedCapacity": RoleNone, "ReturnItemCollectionMetrics": RoleNone,
	},
	"TransactWriteItems": {
		TransactItems: RoleActions, ClientRequestToken: RoleToken, "ReturnConsumedCapacity": RoleNone,
		"ReturnItemCollectionMetrics": RoleNone,
	},
	"ExecuteStatement": {
		StatementText: RoleStatement, Parameters: RoleParameters, ConsistentRead: RoleConsistent, Limit: RoleLimit,
		NextToken: RoleStart, ReturnValuesOnFailure: RoleReturn, "ReturnConsumedCapacity": RoleNone,
	},
	"BatchExecuteStatement": {Statements: RoleStatements, "ReturnConsumedCapacity": RoleNone},
	"ExecuteTransaction": {
		TransactStatements: RoleStatements, ClientRequestToken: RoleToken, "ReturnConsumedCapacity": RoleNone,
	},
}

// outputs gives the role of every field of every operation's output.
var outputs = map[string]map[string]Role{
	"GetItem":       {Item: RoleItem, "ConsumedCapacity": RoleNone},
	"Query":         listed,
	"Scan":          listed,
	"SearchVectors": {SearchResults: RoleResponses, "ConsumedCapacity": RoleNone},
	"BatchGetItem": {
		Responses: RoleResponses, UnprocessedKeys: RoleUnprocessed, "ConsumedCapacity": RoleNone,
	},
	"TransactGetItems": {Responses: RoleResponses, "ConsumedCapacity": RoleNone},
	"PutItem":          written,
	"UpdateItem":       written,
	"DeleteItem":       written,
	"BatchWriteItem": {
		UnprocessedItems: RoleUnprocessed, "ConsumedCapacity": RoleNone, "ItemCollectionMetrics": RoleNone,
	},
	"TransactWriteItems": {"ConsumedCapacity": RoleNone, "ItemCollectionMetrics": RoleNone},
	"ExecuteStatement": {
		Items: RoleItems, LastEvaluatedKey: RoleCursor, NextToken: RoleCursor, "ConsumedCapacity": RoleNone,
	},
	"BatchExecuteStatement": {Responses: RoleResponses, "ConsumedCapacity": RoleNone},
	"ExecuteTransaction":    {Responses: RoleResponses, "ConsumedCapacity": RoleNone},
}

// shapes gives the role of every field of the types inside inputs, outputs and failures: in SDK v2 they are in package
// types, in v1 beside the operations.
var shapes = map[string]map[string]Role{
	"TransactWriteItem": {
		ConditionCheck: RoleAction, PutAction: RoleAction, UpdateAction: RoleAction, DeleteAction: RoleAction,
	},
	"TransactGetItem": {GetAction: RoleAction},
	"Get":             join(projection, map[string]Role{TableName: RoleTable, Key: RoleKey}),
	"Put":             join(condition, map[string]Role{TableName: RoleTable, Item: RoleItem}),
	"Update": join(condition, map[string]Role{
		TableName: RoleTable, Key: RoleKey, UpdateExpression: RoleUpdate,
	}),
	"Delete":            join(condition, map[string]Role{TableName: RoleTable, Key: RoleKey}),
	"ConditionCheck":    join(condition, map[string]Role{TableName: RoleTable, Key: RoleKey}),
	"KeysAndAttributes": join(projection, legacyProjection, map[string]Role{Keys: RoleKeys}),
	"WriteRequest":      {PutRequest: RoleAction, DeleteRequest: RoleAction},
	"PutRequest":        {Item: RoleItem},
	"DeleteRequest":     {Key: RoleKey},
	"BatchStatementRequest": {
		StatementText: RoleStatement, Parameters: RoleParameters, ConsistentRead: RoleConsistent,
		ReturnValuesOnFailure: RoleReturn,
	},
	"ParameterizedStatement": {
		StatementText: RoleStatement, Parameters: RoleParameters, ReturnValuesOnFailure: RoleReturn,
	},
	"ItemResponse":           {Item: RoleItem},
	"SearchResultItem":       {Item: RoleItem, "Score": RoleOrder},
	"BatchStatementResponse": {Item: RoleItem, TableName: RoleTable, "Error": RoleFailure},
	"AttributeValueUpdate":   {Value: RoleValue, Action: RoleOperator},
	"ExpectedAttributeValue": {
		Value: RoleValue, AttributeValueList: RoleValue, ComparisonOperator: RoleOperator, Exists: RoleExists,
	},
	"Condition": {AttributeValueList: RoleValue, ComparisonOperator: RoleOperator},
	// A failed condition carries the item as it is, when ReturnValuesOnConditionCheckFailure asks for it: a read.
	"ConditionalCheckFailedException": {Item: RoleItem},
	"CancellationReason":              {Item: RoleItem, "Code": RoleFailure, "Message": RoleFailure},
}

// InputRole returns the role of a field of op's input.
func (op Operation) InputRole(field string) (Role, bool) {
	r, ok := inputs[op.Name][field]
	return r, ok
}

// OutputRole returns the role of a field of op's output.
func (op Operation) OutputRole(field string) (Role, bool) {
	r, ok := outputs[op.Name][field]
	return r, ok
}

// ShapeOf returns the name of the SDK shape that t is or points to, for instance TransactWriteItem, Put, KeysAndAttributes.
func ShapeOf(t types.Type) (string, bool) {
	pkg, name := named(t)
	if pkg != typesV2 && pkg != serviceV1 {
		return "", false
	}
	_, ok := shapes[name]
	return name, ok
}

// ShapeRole returns the role of a field of a shape.
func ShapeRole(shape, field string) (Role, bool) {
	r, ok := shapes[shape][field]
	return r, ok
}

// ActionOf returns the operation that an action of a transaction or a batch amounts to: Put and PutRequest are PutItem,
// Get is GetItem. A ConditionCheck is no operation of its own.
func ActionOf(shape string) (Operation, bool) {
	switch shape {
	case "Put", "PutRequest":
		return ByName("PutItem")
	case "Update":
		return ByName("UpdateItem")
	case "Delete", "DeleteRequest":
		return ByName("DeleteItem")
	case "Get":
		return ByName("GetItem")
	}
	return Operation{}, false
}

// join makes one table of several.
func join(tables ...map[string]Role) map[string]Role {
	all := map[string]Role{}
	for _, table := range tables {
		for field, role := range table {
			all[field] = role
		}
	}
	return all
}
