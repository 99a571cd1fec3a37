;; Dot products of one vector with the rows of a matrix, eight numbers at a time.
;; `node scripts/assemble.mjs` makes data/dots.wasm of it.
(module
  (memory (export "memory") 6)

  ;; rows: address of 8-bit rows one after the other; probe: address of 16-bit numbers; columns: a multiple of 16, at
  ;; least 16; end: address behind the last row; sums: address of the 32-bit answers, one a row.
  (func (export "dots") (param $rows i32) (param $end i32) (param $probe i32) (param $columns i32) (param $sums i32)
    (local $at i32) (local $row_end i32) (local $even v128) (local $odd v128)
    (block $done
      (loop $next_row
        (br_if $done (i32.ge_u (local.get $rows) (local.get $end)))
        (local.set $row_end (i32.add (local.get $rows) (local.get $columns)))
        (local.set $at (local.get $probe))
        (local.set $even (v128.const i32x4 0 0 0 0))
        (local.set $odd (v128.const i32x4 0 0 0 0))
        (loop $next_numbers
          (local.set $even (i32x4.add (local.get $even)
            (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $rows)) (v128.load (local.get $at)))))
          (local.set $odd (i32x4.add (local.get $odd)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $rows)) (v128.load offset=16 (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (br_if $next_numbers (i32.lt_u (local.get $rows) (local.get $row_end))))
        (local.set $even (i32x4.add (local.get $even) (local.get $odd)))
        (i32.store (local.get $sums) (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $even)) (i32x4.extract_lane 1 (local.get $even)))
          (i32.add (i32x4.extract_lane 2 (local.get $even)) (i32x4.extract_lane 3 (local.get $even)))))
        (local.set $sums (i32.add (local.get $sums) (i32.const 4)))
        (br $next_row)))))
