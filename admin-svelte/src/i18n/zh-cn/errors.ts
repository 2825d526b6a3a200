import type { ErrorCode } from '../../../../shared/schema/error-table.ts'

/** What the API's error codes mean, in Simplified Chinese. English comes from the server itself. */
export const zhCnErrors: Partial<Record<ErrorCode | 'unreachable' | 'other_user', string>> = {
  invalid_request: '请求内容有误，请看下面的问题。',
  unauthenticated: '请登录。',
  wrong_credentials: '邮箱或密码不正确。',
  one_time_password_expired: '一次性密码已过期，请向管理员索取新的。',
  password_change_required: '请先设置您自己的密码。',
  outside_grant: '这超出了授予您租户的范围。',
  last_admin: '这是最后一个可以登录的管理员，请先添加另一个。',
  forbidden: '您的角色不允许此操作。',
  csrf_mismatch: '会话校验未通过，请重新加载页面。',
  not_found: '这里没有内容，可能已被删除。',
  conflict: '请求与已保存的内容冲突。',
  name_taken: '名称已被使用。',
  still_referenced: '仍有其他资源引用它。',
  publish_in_progress: '另一个发布正在进行。',
  revision_mismatch: '期间有其他人发布了新版本，请查看新的差异后重试。',
  draft_changed: '检查之后草稿又有变化，请查看新的差异后重试。',
  behind_rollback: '草稿落后于一次回滚：请放弃草稿或确认发布。',
  schema_not_supported_by_nodes: '部分节点无法读取此版本，请先升级节点。',
  database_behind_fleet: '节点提供的版本比数据库记录的更新。',
  version_mismatch: '您读取之后内容已被修改。',
  config_invalid: '配置有错误，请看下面的问题。',
  too_many_attempts: '尝试次数过多，请稍后再试。',
  internal_error: '服务端出现错误。',
  database_unavailable: '无法连接数据库。',
  not_ready: '服务尚未就绪。',
  unreachable: '控制面没有响应。',
  other_user: '已由其他人登录，请求未重新发送。'
}
