// Package store hides its type: the constructor returns an interface.
package store

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Node is one compute node of a customer.
type Node struct {
	UUID    string `dynamodbav:"uuid"`
	Status  string `dynamodbav:"status"`
	URL     string `dynamodbav:"url,omitempty"`
	CPUs    int    `dynamodbav:"cpus"`
	Version int    `dynamodbav:"version"`
}

// NodeStore keeps nodes.
type NodeStore interface {
	GetByID(ctx context.Context, uuid string) (Node, error)
	Put(ctx context.Context, n Node) error
	PutVersion(ctx context.Context, n Node) error
}

type nodeTable struct {
	db    *dynamodb.Client
	table string
}

// NewNodeStore returns the nodes of a table.
func NewNodeStore(db *dynamodb.Client, table string) NodeStore {
	return &nodeTable{db: db, table: table}
}

func (t *nodeTable) GetByID(ctx context.Context, uuid string) (Node, error) {
	node := Node{}
	response, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{
		Key:       map[string]types.AttributeValue{"uuid": &types.AttributeValueMemberS{Value: uuid}},
		TableName: aws.String(t.table),
	})
	if err != nil {
		return node, err
	}
	err = attributevalue.UnmarshalMap(response.Item, &node)
	return node, err
}

func (t *nodeTable) Put(ctx context.Context, n Node) error {
	item, err := attributevalue.MarshalMap(n)
	if err != nil {
		return err
	}
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(t.table), Item: item})
	return err
}

func (t *nodeTable) PutVersion(ctx context.Context, n Node) error {
	read := n.Version
	n.Version++
	item, err := attributevalue.MarshalMap(n)
	if err != nil {
		return err
	}
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(t.table),
		Item:                      item,
		ConditionExpression:       aws.String("version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberN{Value: strconv.Itoa(read)}},
	})
	return err
}
