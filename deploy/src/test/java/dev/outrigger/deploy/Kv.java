package dev.outrigger.deploy;

/** Commands and queries of the key-value example. Keys and values here need no escaping. */
final class Kv {
    static final String DIGEST = "{\"op\":\"digest\"}";

    private Kv() {}

    static String put(String key, String value) {
        return "{\"op\":\"put\",\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
    }

    static String append(String key, String value) {
        return "{\"op\":\"append\",\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
    }

    static String cas(String key, String expect, String value) {
        return "{\"op\":\"cas\",\"key\":\"" + key + "\",\"expect\":\"" + expect + "\",\"value\":\"" + value + "\"}";
    }

    static String get(String key) {
        return "{\"op\":\"get\",\"key\":\"" + key + "\"}";
    }
}
