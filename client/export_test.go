package client

import "slices"

// EnvironmentVariables are all that the package looks at.
func EnvironmentVariables() []string {
	all := slices.Concat(endpointVariables, iamEndpointVariables, gaEndpointVariables, caFileVariables, projectVariables)
	for _, n := range namings {
		all = slices.Concat(all, n.accessKey, n.secretKey, n.securityToken, n.token, n.user, n.userID, n.password, n.domain, n.domainID)
	}
	return append(all, credentialsFileVariable)
}
