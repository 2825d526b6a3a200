/** What a form says about a field. */
export interface FieldText {
  title: string
  description: string
}

/**
 * Titles and descriptions of configuration fields in Simplified Chinese, by kind and path, or by path alone where
 * the kinds share it. A field without an entry shows the schema's English.
 */
export const zhCnFields: Record<string, FieldText> = {
  '/name': { title: '名称', description: '在同一租户的同类资源中唯一，不区分大小写。' },
  '/description': { title: '描述', description: '供人阅读的说明。' },
  '/labels': { title: '标签', description: '用于搜索和分组的键值对。' },
  '/enabled': { title: '启用', description: '停用的资源保留，但不提供服务。' },

  'listeners/protocol': { title: '协议', description: 'http，或 https（需要 TLS 策略）。' },
  'listeners/port': { title: '端口', description: '每个数据节点上的 TCP 端口。' },
  'listeners/address': { title: '地址', description: '绑定的 IP 地址；“::” 只绑定 IPv6。' },
  'listeners/limits/maxHeaderBytes': { title: '请求头大小', description: '请求头的最大字节数；超过则返回 431。' },
  'listeners/limits/maxHeaders': { title: '请求头数量', description: '请求头字段的最大数量；超过则返回 431。' },
  'listeners/limits/headerTimeoutMs': { title: '请求头超时', description: '完整请求头到达的时限；超过则返回 408。' },
  'listeners/limits/idleTimeoutMs': { title: '空闲超时', description: '长连接等待下一个请求的时限。' },
  'listeners/limits/requestTimeoutMs': { title: '请求超时', description: '整个请求（含请求体）的时限；0 表示不限。' },
  'listeners/limits/minBodyBytesPerSecond': { title: '最慢请求体', description: '5 秒后仍低于此速率的请求体返回 408；0 表示不限。' },
  'listeners/limits/maxRequestBodyBytes': { title: '请求体大小', description: '请求体的最大字节数；超过则返回 413；0 表示不限。' },
  'listeners/limits/maxConnections': { title: '连接数', description: '一个节点上此监听器的最大连接数。' },
  'listeners/limits/maxConnectionsPerClient': { title: '单客户端连接数', description: '同一客户端地址的最大连接数；0 表示不限。' },

  'listeners/tenantHeader/name': { title: '名称', description: '没有已验证用户的请求用哪个头说明租户。' },
  'listeners/tenantHeader/acceptFrom': { title: '接受来源', description: '谁的租户头可作为路由提示；它不会打开任何受策略保护的入口。' },

  'providers/issuer': { title: '签发者', description: '其令牌中 “iss” 的确切值。' },
  'providers/audiences': { title: '受众', description: '令牌的 “aud” 必须是其中之一。' },
  'providers/jwksUrl': { title: '密钥集 URL', description: '公钥所在的地址（JWKS），在后台获取。与公钥二选一。' },
  'providers/key': { title: '公钥', description: '唯一的公钥，PEM（SPKI）或 JWK。' },
  'providers/from': { title: '来源', description: '令牌的位置：bearer（Authorization 头）或 cookie:名称。' },
  'providers/userClaim': { title: '用户声明', description: '说明用户的声明。' },
  'providers/tenantClaim': { title: '租户声明', description: '保存租户代码的声明；没有它的用户不属于任何租户。' },
  'providers/clockSkewSeconds': { title: '时钟偏差', description: '双方时钟最多可相差多少。' },

  'upstreams/targets/*/id': { title: 'ID', description: '在上游中唯一，不区分大小写。' },
  'upstreams/targets/*/address': { title: '地址', description: 'http://host:port、https://host:port 或 h2c://host:port。' },
  'upstreams/targets/*/host': { title: '主机', description: '发送给此目标的 Host 头，替代地址中的主机名。' },
  'upstreams/targets/*/weight': { title: '权重', description: '相对于其他目标的流量份额。' },
  'upstreams/targets/*/enabled': { title: '启用', description: '停用的目标不接收流量。' },
  'upstreams/loadBalancing': { title: '负载均衡', description: '如何在可用目标中选择一个。' },
  'upstreams/connection/connectTimeoutMs': { title: '连接超时', description: '建立连接的时限。' },
  'upstreams/connection/idleMs': { title: '空闲保持', description: '未使用的连接保留的时间。' },

  'routes/match/hosts': { title: '主机', description: 'host、host:port、*.suffix、*.suffix:port、*:port、host:* 或 *；支持 Unicode 和 xn-- 名称。' },
  'routes/match/path/value': { title: '路径值', description: '路径、模板或表达式。' },
  'routes/match/methods': { title: '方法', description: '留空表示所有方法。' },
  'routes/priority': { title: '优先级', description: '数值大的优先。' },
  'routes/upstreamId': { title: '上游', description: '接收请求的上游。' },
  'routes/timeouts/connectMs': { title: '连接', description: '建立连接的时限；默认使用上游的设置。' },
  'routes/timeouts/activityMs': { title: '活动', description: '两个方向都没有数据的最长时间。' },
  'routes/timeouts/totalMs': { title: '总时长', description: '整个请求的最长时间；0 表示不限。' },
  'routes/redirect/to': { title: '目标地址', description: 'Location；{path}、{query} 和 {host} 会被替换。' },
  'routes/redirect/status': { title: '状态码', description: '重定向的状态码。' },
  'routes/respond/status': { title: '状态码', description: '应答的状态码。' },
  'routes/respond/headers': { title: '响应头', description: '应答的头字段。' },
  'routes/respond/body': { title: '正文', description: '应答的正文。' }
}
