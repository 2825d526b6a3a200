/** What a parameter of a path pattern may be called, there and wherever it is named in braces (RoutePatternParser.cs). */
export const PARAMETER_NAME = /[^/{}?*:=\s]+/
