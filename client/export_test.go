package client

import "slices"

// EnvironmentVariables are all that the package looks at.
func EnvironmentVariables() []string {
	return slices.Concat(endpointVariables, iamEndpointVariables, gaEndpointVariables, projectVariables, accessKeyVariables,
		secretKeyVariables, securityTokenVariables, tokenVariables, userVariables, userIDVariables, passwordVariables,
		domainVariables, domainIDVariables)
}
