/**
 * Libraries of functions: what FUNCTION LOAD takes, and the part of the prelude that runs them.
 *
 * A call runs the library as a whole before its function: what a library keeps in its own local variables does not
 * outlive a call. Functions can see KEYS and ARGV, and a library the basic functions of Lua while it is loaded.
 */
import { RedisError } from '../../../models/redis/index.js';

export interface LibraryFunction {
  readonly name: string;
  readonly description: string | undefined;
  readonly flags: readonly string[];
}

export interface Library {
  readonly name: string;
  /** As it was loaded. */
  readonly code: string;
  /** The code without its first line; the other lines keep their numbers. */
  readonly body: string;
  readonly functions: readonly LibraryFunction[];
}

/** Asks for the list of functions instead of one of them. */
export const LOAD_ENTRY = '\x01';

const BAD_NAME =
  'ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long';

/** Name and body of a library. @throws RedisError */
export function readLibrary(code: string): { readonly name: string; readonly body: string } {
  if (!code.startsWith('#!')) throw new RedisError('ERR Missing library metadata');
  const end = code.indexOf('\n');
  if (end === -1) throw new RedisError('ERR Invalid library metadata');
  const [engine = '', ...options] = code
    .slice(2, end)
    .split(/\s/)
    .filter((word) => word !== '');
  let name: string | undefined;
  for (const option of options) {
    if (!/^name=/i.test(option)) throw new RedisError(`ERR Invalid metadata value given: ${option}`);
    if (name !== undefined) {
      throw new RedisError('ERR Invalid metadata value, name argument was given multiple times');
    }
    name = option.slice('name='.length);
  }
  if (name === undefined) throw new RedisError('ERR Library name was not given');
  if (!/^\w+$/.test(name)) throw new RedisError(BAD_NAME);
  if (engine.toLowerCase() !== 'lua') throw new RedisError(`ERR Engine '${engine}' not found`);
  return { name, body: code.slice(end) };
}

/** The functions that the prelude has listed. @throws RedisError when there are none */
export function readFunctions(listed: string): LibraryFunction[] {
  if (listed === '') throw new RedisError('ERR No functions registered');
  return listed.split('\x02').map((entry) => {
    const [name = '', flags = '', ...described] = entry.split('\x01');
    const description = described.length === 0 ? undefined : described.join('\x01');
    return { name, flags: flags === '' ? [] : flags.split(','), description };
  });
}

/** Makes `library`, which turns a compiled library into the script that was asked for. */
export const LIBRARY = String.raw`
local known_flags = {
  ["no-writes"] = true, ["allow-oom"] = true, ["allow-stale"] = true, ["no-cluster"] = true,
  ["allow-cross-slot-keys"] = true
}
local function refuse(text) nerror({ err = "ERR " .. text }, 0) end
local function named(t)
  if type(t) ~= "table" then
    refuse("calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).")
  end
  local made = { flags = {} }
  for key, value in pairs(t) do
    local word = type(key) == "string" and key:lower() or type(key) == "number" and tostring(key)
    if not word then refuse("named argument key given to redis.register_function is not a string") end
    if word == "function_name" or word == "description" then
      if type(value) ~= "string" then
        refuse(word .. " argument given to redis.register_function must be a string")
      end
      made[word] = value
    elseif word == "callback" then
      if type(value) ~= "function" then
        refuse("callback argument given to redis.register_function must be a function")
      end
      made.callback = value
    elseif word == "flags" then
      if type(value) ~= "table" then
        refuse("flags argument to redis.register_function must be a table representing function flags")
      end
      for _, flag in ipairs(value) do
        if not known_flags[tostring(flag):lower()] then refuse("unknown flag given") end
        made.flags[#made.flags + 1] = tostring(flag):lower()
      end
    else
      refuse("unknown argument given to redis.register_function")
    end
  end
  if not made.function_name then refuse("redis.register_function must get a function name argument") end
  if not made.callback then refuse("redis.register_function must get a callback argument") end
  return made
end
local function positional(name, callback)
  if type(name) ~= "string" and type(name) ~= "number" then
    refuse("first argument to redis.register_function must be a string")
  end
  if type(callback) ~= "function" then refuse("second argument to redis.register_function must be a function") end
  return { function_name = tostring(name), callback = callback, flags = {} }
end

local function library(make)
  local registered, order, open = {}, {}, true
  local loading = { log = members.log, REDIS_VERSION = version, REDIS_VERSION_NUM = version_number }
  for name, member in pairs(native) do if name:find("^LOG_") then loading[name] = member end end
  function loading.register_function(...)
    local count = select("#", ...)
    if count < 1 or count > 2 then refuse("wrong number of arguments to redis.register_function") end
    local made = count == 1 and named((...)) or count == 2 and positional(...)
    local name = made.function_name
    if not name:find("^[%w_]+$") then
      refuse("Library names can only contain letters, numbers, or underscores(_) and must be at least one character long")
    end
    if registered[name:lower()] then refuse("Function already exists in the library") end
    registered[name:lower()] = made
    order[#order + 1] = made
  end
  -- Functions see what a script sees; while the library is loaded it sees the little that loading is.
  local seen = setmetatable({}, { __index = function(_, name)
    if not open then return members[name] end
    local found = loading[name]
    if found == nil then
      nerror("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
    end
    return found
  end })
  local load = make(seen, pcall, xpcall)
  return function()
    load()
    open = false
    if entry ~= "\1" then return registered[entry].callback(KEYS, ARGV) end
    local listed = {}
    for i, made in ipairs(order) do
      listed[i] = made.function_name .. "\1" .. table.concat(made.flags, ",")
      if made.description then listed[i] = listed[i] .. "\1" .. made.description end
    end
    return "L" .. table.concat(listed, "\2")
  end
end
`;
