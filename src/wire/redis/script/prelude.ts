/**
 * What surrounds a script in Lua: it compiles the script, gives it the members of `redis` that the engine lacks, finds
 * the line of an error and writes the result as bytes of a reply.
 *
 * It is called with the script, the protocol of the client, version text and number, and what of a library is wanted
 * (see `library.ts`; nothing for a script) behind the script's own ARGV, and returns one of
 *
 *     R<reply>                the script has returned
 *     C<text>                 it does not compile
 *     E<line> <text>          it has failed
 *     A<line> <text>          it has failed with the error of a command
 *     K<line>                 it went on past its budget
 *     L<functions>            a library has been loaded
 *
 * An error that a command answered with is raised by the host with CALL_ERROR in front: unlike other messages it has
 * its code already.
 */
import { LIBRARY } from './library.js';

export const CALL_ERROR = '\x01\x02';

/** The name by which the host is asked for `redis.acl_check_cmd`; no command has it. */
export const ACL_CHECK = '\x01acl_check_cmd';

export const BOOTSTRAP = 'return loadstring(table.remove(ARGV), "@prelude")()';

export const PRELUDE = String.raw`
local entry, version_number, version = table.remove(ARGV), tonumber(table.remove(ARGV)), table.remove(ARGV)
local chunk = entry == "" and "user_script" or "user_function"
local protocol, source = tonumber(table.remove(ARGV)), table.remove(ARGV)
local native, npcall, nxpcall, nerror = redis, pcall, xpcall, error
local resp = 2

local function clean(m)
  if type(m) ~= "string" then return m end
  if m:sub(1, 2) == "\1\2" then return m:sub(3), true end
  m = m:gsub("^prelude:%d+: ", "")
  if m == "__RLUA_E__:command-arg-type" then
    return "ERR Lua redis lib command arguments must be strings or integers", true
  end
  return (m:gsub("__RLUA_E__:global%-read:(.*)$", "Script attempted to access nonexistent global variable '%1'"))
end
local function spent(m) return type(m) == "string" and m:find("Script killed by fuel limit", 1, true) end
local function fail(text) nerror("\1\2ERR " .. text, 0) end
local function line()
  for level = 2, 40 do
    local _, place = npcall(nerror, "", level)
    local found = type(place) == "string" and place:match("^" .. chunk .. ":(%d+): $")
    if found then return found end
  end
  return "1"
end

local function finish(ok, ...)
  if ok then return ok, ... end
  local m = ...
  if spent(m) then nerror(m, 0) end
  if type(m) == "table" and m.err then return false, m.err end
  return false, (clean(m))
end
local function pcall(...) return finish(npcall(...)) end
local function xpcall(f, handler)
  return nxpcall(f, function(m)
    if spent(m) then return m end
    local text, called = clean(m)
    return handler(called and { err = text } or text)
  end)
end

local function plain(...)
  local args = { ... }
  for i = 1, select("#", ...) do
    if type(args[i]) == "number" then args[i] = string.format("%.17g", args[i]) end
  end
  return unpack(args, 1, select("#", ...))
end
-- A tail call leaves no trace of its line: then it is looked for in the text.
local function call_line(place, name)
  local found = type(place) == "string" and place:match("^" .. chunk .. ":(%d+): $")
  if found then return found end
  local count = 0
  for text in (source .. "\n"):gmatch("(.-)\n") do
    count = count + 1
    local word = text:match("return%s+[%w_.]+%s*%(%s*[\"']([^\"']*)[\"']")
    if word and word == name then return tostring(count) end
  end
end

local members, last_line = {}, nil
for name, member in pairs(native) do members[name] = member end
function members.call(...)
  local ok, result = npcall(native.call, plain(...))
  if ok then
    if resp == 3 and result == false then return nil end
    return result
  end
  if spent(result) then nerror(result, 0) end
  local _, place = npcall(nerror, "", 3)
  last_line = call_line(place, (...)) or line()
  nerror(result, 0)
end
function members.pcall(...)
  local ok, result = npcall(members.call, ...)
  if ok then return result end
  if spent(result) then nerror(result, 0) end
  return { err = (clean(result)) }
end
function members.error_reply(...)
  local text = ...
  if select("#", ...) ~= 1 or type(text) ~= "string" then return { err = "ERR wrong number or type of arguments" } end
  if text:sub(1, 1) == "-" then text = text:sub(2) end
  if not text:find(" ", 1, true) then text = "ERR " .. text end
  return { err = text }
end
function members.status_reply(...)
  local text = ...
  if select("#", ...) ~= 1 or type(text) ~= "string" then return { err = "ERR wrong number or type of arguments" } end
  return { ok = text }
end
function members.log(...)
  if select("#", ...) < 2 then fail("redis.log() requires two arguments or more.") end
  local level = ...
  if type(level) ~= "number" then fail("First argument must be a number (log level).") end
  if level < 0 or level > 3 then fail("Invalid debug level.") end
  native.log(...)
end
function members.sha1hex(...)
  if select("#", ...) ~= 1 then fail("wrong number of arguments") end
  local text = ...
  return native.sha1hex((type(text) == "string" or type(text) == "number") and text or "")
end
function members.setresp(...)
  if select("#", ...) ~= 1 then fail("redis.setresp() requires one argument.") end
  local wanted = tonumber((...))
  if wanted ~= 2 and wanted ~= 3 then fail("RESP version must be 2 or 3.") end
  native.setresp(wanted)
  resp = wanted
end
function members.acl_check_cmd(...)
  if select("#", ...) == 0 then fail("Please specify at least one argument for this redis lib call") end
  return native.call("\1acl_check_cmd", ...) == 1
end
function members.replicate_commands() return true end
function members.breakpoint() return false end
function members.set_repl(...)
  if select("#", ...) ~= 1 then fail("redis.set_repl() requires two arguments.") end
  local flags = tonumber((...)) or 0
  if flags < 0 or flags > 3 then
    fail("Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.")
  end
end
function members.debug() end
members.REDIS_VERSION, members.REDIS_VERSION_NUM = version, version_number
members.REPL_NONE, members.REPL_AOF, members.REPL_SLAVE, members.REPL_REPLICA, members.REPL_ALL = 0, 1, 2, 2, 3
setmetatable(members, { __newindex = function() nerror("Attempt to modify a readonly table", 2) end })

local out = {}
local function put(text) out[#out + 1] = text end
-- What C reads as a text: it ends with the first NUL.
local function c_text(text) return text:match("^[^%z]*") end
local function one_line(text) return (c_text(text):gsub("[\r\n]", " ")) end
local function bulk(text) put("$" .. #text .. "\r\n" .. text .. "\r\n") end
local function null() put(protocol == 3 and "_\r\n" or "$-1\r\n") end
local function integer(n)
  if n ~= n or n >= 2^63 or n <= -2^63 then return put(":-9223372036854775808\r\n") end
  n = n < 0 and math.ceil(n) or math.floor(n)
  put(":" .. (n == 0 and "0" or string.format("%.0f", n)) .. "\r\n")
end
local function double(n)
  local text = n ~= n and "nan" or n == math.huge and "inf" or n == -math.huge and "-inf" or string.format("%.17g", n)
  if protocol == 3 then put("," .. text .. "\r\n") else bulk(text) end
end
local write
local function pairs_of(t, sign, both, depth)
  local count = 0
  for _ in pairs(t) do count = count + 1 end
  if protocol == 3 then put(sign .. count) else put("*" .. (both and count * 2 or count)) end
  put("\r\n")
  for key, value in pairs(t) do
    write(key, depth)
    if both then write(value, depth) end
  end
end
local function list(t, depth)
  local count = 0
  while rawget(t, count + 1) ~= nil do count = count + 1 end
  put("*" .. count .. "\r\n")
  for i = 1, count do write(rawget(t, i), depth) end
end
local function field(t, name, kind)
  local value = rawget(t, name)
  if type(value) == kind then return value end
end
local function write_table(t, depth)
  if depth >= 7995 then return put("-ERR reached lua stack limit\r\n") end
  local v = field(t, "err", "string")
  if v then return put("-" .. one_line(v) .. "\r\n") end
  v = field(t, "ok", "string")
  if v then return put("+" .. one_line(v) .. "\r\n") end
  v = field(t, "double", "number")
  if v then return double(v) end
  v = field(t, "map", "table")
  if v then return pairs_of(v, "%", true, depth + 1) end
  v = field(t, "set", "table")
  if v then return pairs_of(v, "~", false, depth + 1) end
  v = field(t, "big_number", "string")
  if v then
    if protocol == 3 then return put("(" .. one_line(v) .. "\r\n") end
    return bulk(v)
  end
  v = field(t, "verbatim_string", "table")
  local text, format = v and field(v, "string", "string"), v and field(v, "format", "string")
  if text and format then
    if protocol ~= 3 then return bulk(text) end
    return put("=" .. (#text + 4) .. "\r\n" .. (format .. "   "):sub(1, 3) .. ":" .. text .. "\r\n")
  end
  return list(t, depth + 1)
end
function write(value, depth)
  local kind = type(value)
  if kind == "table" then return write_table(value, depth) end
  if kind == "string" then bulk(value)
  elseif kind == "number" then integer(value)
  elseif kind == "boolean" and resp == 3 then
    if protocol == 3 then put(value and "#t\r\n" or "#f\r\n") else put(value and ":1\r\n" or ":0\r\n") end
  elseif value == true then put(":1\r\n")
  else null() end
end

${LIBRARY}
local make, problem = loadstring(
  "local redis, pcall, xpcall = ...; return function(...) " .. source .. "\nend", "@" .. chunk
)
if not make then return "C" .. problem end
local script = entry == "" and make(members, pcall, xpcall) or library(make)
local ok, result = nxpcall(script, function(m)
  if spent(m) then return "K" .. line() end
  local text, called = clean(m)
  local kind, at = called and last_line and "A" or "E", called and last_line or line()
  if type(m) == "table" and type(m.err) == "string" then text, called = m.err, true end
  return kind .. at .. " " .. (called and "" or "ERR ") .. c_text(tostring(text))
end)
if not ok then return result end
if entry == "\1" then return result end
write(result, 0)
return "R" .. table.concat(out)
`;
