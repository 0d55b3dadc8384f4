package explore

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awsv1 "github.com/aws/aws-sdk-go/aws"
	clientv1 "github.com/aws/aws-sdk-go/aws/client"
	credentialsv1 "github.com/aws/aws-sdk-go/aws/credentials"
	defaultsv1 "github.com/aws/aws-sdk-go/aws/defaults"
	dynamodbv1 "github.com/aws/aws-sdk-go/service/dynamodb"
)

const endpoint = "http://dynamodb.invalid"

// NewClient makes a client of the SDK whose requests go to rt. Everything is
// the SDK's own, its retries and tokens too; only the pauses between retries
// are left out.
func NewClient(rt http.RoundTripper) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		HTTPClient:   &http.Client{Transport: rt},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "explore", SecretAccessKey: "explore"}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.RateLimiter = ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	})
}

// NewClientV1 makes a client of version 1 of the SDK whose requests go to rt,
// such as the Transport of a running scenario. It takes nothing from the
// environment.
func NewClientV1(rt http.RoundTripper) *dynamodbv1.DynamoDB {
	return dynamodbv1.New(configV1{rt})
}

// configV1 is what version 1 makes its clients from.
type configV1 struct{ rt http.RoundTripper }

func (c configV1) ClientConfig(string, ...*awsv1.Config) clientv1.Config {
	return clientv1.Config{
		Config: defaultsv1.Config().WithRegion("us-east-1").WithEndpoint(endpoint).
			WithHTTPClient(&http.Client{Transport: c.rt}).
			WithCredentials(credentialsv1.NewStaticCredentials("explore", "explore", "")),
		Handlers: defaultsv1.Handlers(), Endpoint: endpoint, SigningRegion: "us-east-1",
	}
}
