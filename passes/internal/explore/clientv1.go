//lint:file-ignore SA1019 a fifth of the known bugs were written in version 1 of the SDK, so fixtures are too

package explore

import (
	"net/http"

	"github.com/aws/aws-sdk-go/aws"
	clientv1 "github.com/aws/aws-sdk-go/aws/client"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/defaults"
	"github.com/aws/aws-sdk-go/service/dynamodb"
)

// NewClientV1 makes a client of version 1 of the SDK whose requests go to rt,
// such as the Transport of a running scenario. It takes nothing from the
// environment.
func NewClientV1(rt http.RoundTripper) *dynamodb.DynamoDB {
	return dynamodb.New(configV1{rt})
}

// configV1 is what version 1 makes its clients from.
type configV1 struct{ rt http.RoundTripper }

func (c configV1) ClientConfig(string, ...*aws.Config) clientv1.Config {
	return clientv1.Config{
		Config: defaults.Config().WithRegion("us-east-1").WithEndpoint(endpoint).
			WithHTTPClient(&http.Client{Transport: c.rt}).
			WithCredentials(credentials.NewStaticCredentials("explore", "explore", "")),
		Handlers: defaults.Handlers(), Endpoint: endpoint, SigningRegion: "us-east-1",
	}
}
